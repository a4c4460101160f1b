"""What comes with the package finds copies without being told anything."""

import cv2
import numpy as np
import pytest

from quell.copies import Background, CopyIndex, CopyReader
from quell.copies.reader import BACKGROUNDS
from quell.models import WEIGHTS
from quell.models.manifest import load_manifest
from tests.copies.doubles import Rgb, scene, shown

SAMPLES = [scene(seed) for seed in range(3)]


@pytest.fixture(scope="module")
def reader() -> CopyReader:
    """Read with what ships."""
    return CopyReader.shipped()


@pytest.fixture(scope="module")
def index(reader: CopyReader) -> CopyIndex:
    """Hold the sample pictures."""
    return CopyIndex.fit([(f"s{n}", reader.sample(shown(sample))) for n, sample in enumerate(SAMPLES)])


def pasted(picture: Rgb) -> Rgb:
    """Lay a picture at a ninth of the area on another one."""
    ground = scene(99, 960, 720)
    ground[60:300, 500:820] = cv2.resize(picture, (320, 240), interpolation=cv2.INTER_AREA)
    return ground


@pytest.mark.parametrize(
    "edited",
    [
        SAMPLES[1][:, ::-1],
        SAMPLES[1][60:300, 80:400],
        cv2.copyMakeBorder(SAMPLES[1], 120, 40, 30, 30, cv2.BORDER_CONSTANT, value=(255, 255, 255)),
        np.repeat(SAMPLES[1].mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2),
        pasted(SAMPLES[1]),
    ],
    ids=["mirror", "crop", "bars", "grey", "paste-in"],
)
def test_an_edited_sample_is_found(reader: CopyReader, index: CopyIndex, edited: Rgb) -> None:
    """Each edit of the second sample names the second sample."""
    match = index.match(reader.query(shown(edited)), 0.5)

    assert match.hit
    assert match.sample_id == "s1"


def test_another_picture_is_not_found(reader: CopyReader, index: CopyIndex) -> None:
    """A mosaic of another scene is no copy."""
    mosaic = cv2.resize(scene(50), (24, 18)).repeat(20, axis=0).repeat(20, axis=1)

    match = index.match(reader.query(shown(mosaic)), 0.5)

    assert not match.hit


def test_a_picture_of_the_same_kind_is_not_found(reader: CopyReader, index: CopyIndex) -> None:
    """Pictures drawn alike look alike to the network; their details tell them apart."""
    matches = [index.match(reader.query(shown(scene(seed))), 0.5) for seed in range(50, 56)]

    assert [match.hit for match in matches] == [False] * 6


def test_the_background_belongs_to_the_network() -> None:
    """The vectors that ship are unit vectors of the network that ships."""
    background = Background.load(BACKGROUNDS / "copies-mobilenet")

    assert background.revision == load_manifest(WEIGHTS / "copies-mobilenet").revision
    assert np.allclose(np.linalg.norm(background.vectors, axis=1), 1, atol=2e-3)
