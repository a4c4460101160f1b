"""The small logistic regression: right, shrunk, the same every time."""

import numpy as np
import pytest
from numpy.typing import NDArray

from quell.reviewers.embedded_logistic import fit_logistic, softmax


def clusters(seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Return 60 unit rows around three directions, and which is which."""
    chance = np.random.default_rng(seed)
    labels = np.arange(60, dtype=np.int32) % 3
    rows = np.eye(8)[labels] + 0.2 * chance.standard_normal((60, 8))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), labels


def test_classes_that_lie_apart_are_told_apart() -> None:
    """Other rows of the same kinds get their own class."""
    weights, constants = fit_logistic(*clusters(), np.ones(60), 3, 0.1)

    rows, labels = clusters(seed=1)
    assert ((rows @ weights.T + constants).argmax(axis=1) == labels).all()


def test_at_the_solution_shrinking_and_misfit_balance() -> None:
    """The slope of the penalised likelihood is next to nothing: it is the likeliest model."""
    rows, labels = clusters()
    weights, constants = fit_logistic(rows, labels, np.ones(60), 3, 0.1)

    model = np.column_stack([weights, constants]).astype(np.float64)
    known = np.column_stack([rows, np.ones(60)])
    slope = (softmax(known @ model.T) - np.eye(3)[labels]).T @ known + 0.1 * model
    assert np.abs(slope).max() < 0.01


def test_a_row_of_weight_two_counts_like_two_rows() -> None:
    """Weights are numbers of rows."""
    rows, labels = clusters()
    doubled = np.concatenate([rows, rows[:10]]), np.concatenate([labels, labels[:10]])
    heavy = np.ones(60)
    heavy[:10] = 2.0

    by_rows, _ = fit_logistic(*doubled, np.ones(70), 3, 0.1)
    by_weight, _ = fit_logistic(rows, labels, heavy, 3, 0.1)

    assert by_weight == pytest.approx(by_rows, abs=0.01)


def test_fitting_twice_gives_the_same_bits() -> None:
    """The same rows give the same weights, to the last bit."""
    first, second = (fit_logistic(*clusters(), np.ones(60), 3, 0.1)[0] for _ in range(2))

    assert first.tobytes() == second.tobytes()
