"""The nudity classifier over ordinary pictures that are drawn here; no other kind is used."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from quell.errors import ModelUnusable
from quell.models import WEIGHTS
from quell.nudity import NudityReader
from quell.nudity.domain import severity_of

FOLDER = WEIGHTS / "nudity-open-nsfw"
CUTS = (0.5, 0.8, 0.95)


@dataclass(frozen=True)
class DrawnFrame:
    """A frame of one or two views."""

    views: tuple[NDArray[np.uint8], ...]


@dataclass(frozen=True)
class DrawnPicture:
    """A picture of frames."""

    frames: tuple[DrawnFrame, ...]


@pytest.fixture(scope="module")
def reader() -> NudityReader:
    """Return the shipped classifier."""
    return NudityReader(FOLDER)


def plain(red: int, green: int, blue: int) -> NDArray[np.uint8]:
    """Return a picture of one colour, (90, 120, 3)."""
    return np.full((90, 120, 3), (red, green, blue), np.uint8)


def gradient() -> NDArray[np.uint8]:
    """Return a sky over a sea."""
    rows = np.linspace(0, 1, 90)[:, None, None]
    return np.broadcast_to(np.array([150, 190, 240]) * (1 - rows / 2), (90, 120, 3)).astype(np.uint8)


@pytest.mark.parametrize(
    ("explicit", "severity"),
    [(0.0, 0), (0.4999, 0), (0.5, 2), (0.7999, 2), (0.8, 4), (0.9499, 4), (0.95, 6), (1.0, 6)],
)
def test_a_severity_begins_exactly_at_its_cut(explicit: float, severity: int) -> None:
    """A probability below the first cut is 0, from each cut on 2, 4, 6."""
    assert severity_of(explicit, CUTS) == severity


def test_probabilities_of_the_classes_are_shares_of_one(reader: NudityReader) -> None:
    """Each class has a probability, and together they are 1."""
    reading = reader.read(DrawnPicture((DrawnFrame((gradient(),)),)))

    assert set(reading.probabilities) == set(reader.classes)
    assert sum(reading.probabilities.values()) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("colour", [(224, 172, 140), (141, 85, 54), (255, 219, 190), (90, 56, 37)])
def test_a_surface_in_the_colour_of_skin_is_harmless(
    reader: NudityReader, colour: tuple[int, int, int]
) -> None:
    """Colour alone is no evidence."""
    reading = reader.read(DrawnPicture((DrawnFrame((plain(*colour),)),)))

    assert reading.severity == 0


def test_the_worst_frame_and_view_decide(reader: NudityReader, monkeypatch: pytest.MonkeyPatch) -> None:
    """What only shows on black in a later frame counts, and the reading says where it was."""
    dark = plain(3, 2, 1)
    scores = {240: 0.1, 3: 0.97}
    monkeypatch.setattr(
        reader, "probabilities", lambda rgb: np.array([1 - scores[rgb[0, 0, 0]], scores[rgb[0, 0, 0]]])
    )
    light = plain(240, 1, 1)

    reading = reader.read(DrawnPicture((DrawnFrame((light,)), DrawnFrame((light, dark)))))

    assert (reading.severity, reading.frame, reading.view) == (6, 1, "black")


def test_a_picture_gets_the_same_answer_every_time(reader: NudityReader) -> None:
    """Nothing in the reading is random."""
    answers = {float(reader.probabilities(gradient())[0]) for _ in range(3)}

    assert len(answers) == 1


def test_a_changed_model_file_is_refused(tmp_path: Path) -> None:
    """A model that is not the one that was shipped is not opened."""
    (tmp_path / "manifest.toml").write_bytes((FOLDER / "manifest.toml").read_bytes())
    (tmp_path / "model.onnx").write_bytes(b"something else")

    with pytest.raises(ModelUnusable, match=r"model\.onnx is not the one"):
        NudityReader(tmp_path)
