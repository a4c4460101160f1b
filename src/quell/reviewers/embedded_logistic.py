"""Multinomial logistic regression, small and deterministic: accelerated gradient steps of a proven length."""

import numpy as np
from numpy.typing import NDArray

_STEPS = 400
_SMALL = 2e-3

Matrix = NDArray[np.float64]


def fit_logistic(
    rows: NDArray[np.float32], labels: NDArray[np.int32], weights: Matrix, classes: int, ridge: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return weights (classes, dim) and constants (classes,) of the likeliest ridge-shrunk model.

    `rows` (n, dim) have unit norm, `labels` (n,) lie in 0..classes-1, a row counts by `weights` (n,).
    """
    known = np.column_stack([rows, np.ones(len(rows))]).astype(np.float64)
    due = np.zeros((len(rows), classes))
    due[np.arange(len(rows)), labels] = 1.0
    # The curvature of softmax is at most one half of the rows' own.
    step = 1.0 / (0.5 * _largest(known, weights) + ridge)
    at = ahead = np.zeros((classes, known.shape[1]))
    pace = 1.0
    for _ in range(_STEPS):
        slope = _slope(known, due, weights, ahead) + ridge * ahead
        new = ahead - step * slope
        # A step uphill means that the speed has carried too far: start again from rest.
        uphill = float(np.vdot(slope, new - at)) > 0.0
        faster = 1.0 if uphill else 0.5 + np.sqrt(0.25 + pace * pace)
        ahead = new if uphill else new + (pace - 1.0) / faster * (new - at)
        at, pace = new, faster
        if float(np.abs(slope).max()) < _SMALL:
            break
    return at[:, :-1].astype(np.float32), at[:, -1].astype(np.float32)


def softmax(logits: Matrix) -> Matrix:
    """Return probabilities along the last axis."""
    shares = np.exp(logits - logits.max(axis=-1, keepdims=True))
    total: Matrix = shares / shares.sum(axis=-1, keepdims=True)
    return total


def _slope(known: Matrix, due: Matrix, weights: Matrix, model: Matrix) -> Matrix:
    shares = softmax(known @ model.T)
    slope: Matrix = ((shares - due) * weights[:, None]).T @ known
    return slope


def _largest(known: Matrix, weights: Matrix) -> float:
    """Return the largest eigenvalue of the weighted rows' products, a little overstated."""
    direction = np.ones(known.shape[1])
    length = 1.0
    for _ in range(30):
        direction = known.T @ (weights * (known @ direction))
        length = float(np.linalg.norm(direction))
        direction /= length
    return 1.05 * length
