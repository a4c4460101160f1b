"""The background that ships: whole, of the right encoder, refused otherwise."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from quell.errors import ModelUnusable
from quell.incidents.background import BACKGROUNDS, Background, Calibration
from quell.models import WEIGHTS, load_manifest

ENCODERS = ("gte-small", "e5-small")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a copy of one background, to be spoiled."""
    shutil.copytree(BACKGROUNDS / "gte-small", tmp_path / "gte-small")
    return tmp_path


@pytest.mark.parametrize("encoder", ENCODERS)
def test_what_ships_belongs_to_the_encoder_that_ships(encoder: str) -> None:
    """Each encoder's background was made with the revision of the encoder beside it."""
    revision = load_manifest(WEIGHTS / encoder).revision

    background = Background.load(encoder, revision)

    assert background.revision == revision
    assert len(background.vectors) > 2000
    assert np.linalg.norm(background.vectors, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_another_revision_is_refused() -> None:
    """A background of another revision of the encoder is refused by name, not used silently."""
    with pytest.raises(ModelUnusable, match=r"gte-small.*revision 99"):
        Background.load("gte-small", "99")


def test_a_changed_file_is_refused(folder: Path) -> None:
    """One changed byte in the vectors stops the load with the file's name."""
    path = folder / "gte-small" / "vectors.npz"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))

    with pytest.raises(ModelUnusable, match=r"vectors\.npz"):
        Background.load("gte-small", folder=folder)


def test_a_missing_background_is_refused(tmp_path: Path) -> None:
    """An encoder without a background is refused with a clear sentence."""
    with pytest.raises(ModelUnusable, match="missing"):
        Background.load("no-such-encoder", folder=tmp_path)


def test_a_calibration_survives_being_written() -> None:
    """What `to_json` writes, `from_json` reads back to the same weights."""
    calibration = Background.load("gte-small").calibration
    features = calibration.mean + 0.5 * calibration.spread

    again = Calibration.from_json(calibration.to_json())

    assert np.array_equal(again.weights(features)[0], calibration.weights(features)[0])
    assert again.weights(features)[1] == calibration.weights(features)[1]


def test_an_unknown_feature_counts_as_average() -> None:
    """A feature that is not defined for an incident weighs as that of the average incident."""
    calibration = Background.load("gte-small").calibration
    average, unknown = calibration.mean.copy(), calibration.mean.copy()
    unknown[2] = np.nan

    assert calibration.weights(unknown)[1] == pytest.approx(calibration.weights(average)[1])
