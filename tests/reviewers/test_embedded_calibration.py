"""The calibration that ships with each encoder, and how its weights go from few examples to many."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from quell.errors import ModelUnusable
from quell.models import WEIGHTS, load_manifest
from quell.reviewers.embedded_calibration import (
    CALIBRATIONS,
    KNOTS,
    MEASURES,
    REST_MEASURES,
    Calibration,
    at_knots,
)

ENCODERS = ("gte-small", "e5-small")


@pytest.mark.parametrize("encoder", ENCODERS)
def test_what_ships_belongs_to_the_encoder_that_ships(encoder: str) -> None:
    """Each calibration was fitted with the revision of the encoder beside it."""
    calibration = Calibration.load(encoder, load_manifest(WEIGHTS / encoder).revision)

    assert calibration.label.shape == (len(MEASURES), len(KNOTS))


def test_another_revision_is_refused() -> None:
    """A calibration of another revision of the encoder is refused by name."""
    with pytest.raises(ModelUnusable, match=r"gte-small.*revision 99"):
        Calibration.load("gte-small", "99")


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    """One changed byte stops the load."""
    shutil.copytree(CALIBRATIONS / "gte-small", tmp_path / "gte-small")
    path = tmp_path / "gte-small" / "calibration.json"
    path.write_bytes(path.read_bytes() + b" ")

    with pytest.raises(ModelUnusable, match=r"calibration\.json"):
        Calibration.load("gte-small", "1", tmp_path)


def test_a_calibration_survives_being_written() -> None:
    """What `to_json` writes, `from_json` reads back to the same weights."""
    calibration = Calibration.plain()

    again = Calibration.from_json(calibration.to_json())

    assert again.to_json() == calibration.to_json()


def test_between_two_numbers_of_examples_the_weights_lie_between() -> None:
    """At a knot its own weight counts, between knots both neighbours', beyond the last the last."""
    found = at_knots(np.array([0, 1, 2, 8, 32, 1000]))

    assert found[[0, 1, 3, 4, 5]].argmax(axis=1).tolist() == [0, 1, 3, 4, 4]
    assert found.sum(axis=1) == pytest.approx(1.0)
    assert 0.0 < found[2, 1] < 1.0


@pytest.mark.parametrize("encoder", ENCODERS)
def test_likeness_never_speaks_against_a_label(encoder: str) -> None:
    """No measure but the constant and the length has a negative weight, whatever the number of examples."""
    calibration = Calibration.load(encoder, load_manifest(WEIGHTS / encoder).revision)

    assert (calibration.label[: MEASURES.index("constant")] >= 0.0).all()
    assert (calibration.rest[: REST_MEASURES.index("length")] >= 0.0).all()


def test_the_number_of_labels_moves_the_rest_alone() -> None:
    """With more labels, the rest's constant changes as the calibration says, the labels' weights do not."""
    calibration = replace(Calibration.plain(), labels=0.5)

    few, rest_few = calibration.weights(np.zeros(3, np.int64), 2)
    many, rest_many = calibration.weights(np.zeros(9, np.int64), 8)

    assert few[0].tolist() == many[0].tolist()
    assert float(rest_many[-1] - rest_few[-1]) == pytest.approx(0.5 * np.log(4), abs=1e-5)
