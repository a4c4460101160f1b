"""The global logistic calibration: from episodes' similarities to weights, by Newton's method."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quell.incidents.background import Background, Calibration, standardise
from quell.incidents.classifier import FEATURES, SIMILARITIES, incident_features, similarities
from training.incidents.episodes import POSITIVE, Episode

VARIES = tuple(FEATURES.index(name) for name in ("count", "cohesion", "close1", "middle"))


@dataclass(frozen=True, slots=True)
class Measured:
    """One episode, measured: `scores` (texts, SIMILARITIES), `features` (FEATURES), labels and a weight."""

    episode: Episode
    scores: NDArray[np.float64]
    features: NDArray[np.float64]
    weight: float


def measure(episode: Episode, background: Background, weight: float) -> Measured:
    """Measure an episode; a text of several windows speaks by the one nearest to the samples' mean."""
    flat = np.concatenate(episode.tests)
    scores = similarities(flat, episode.samples, background)
    best, start = [], 0
    for windows in episode.tests:
        best.append(start + int(scores[start : start + len(windows), 0].argmax()))
        start += len(windows)
    return Measured(episode, scores[best], incident_features(episode.samples, background), weight)


def fit(measured: list[Measured], ridge: float, positive_weight: float) -> Calibration:
    """Fit the calibration; every episode counts by its weight however many texts it has."""
    features = np.stack([one.features for one in measured])
    weights = np.array([one.weight for one in measured])
    mean = np.array([_average(column, weights) for column in features.T])
    spread = np.array(
        [_average((column - m) ** 2, weights) ** 0.5 for column, m in zip(features.T, mean, strict=True)]
    )
    spread[spread < 1e-9] = 1.0
    known = standardise(features, mean, spread)
    scores = np.concatenate([one.scores for one in measured])
    centre, scale = scores.mean(axis=0), scores.std(axis=0)
    rows = [_design((one.scores - centre) / scale, row) for one, row in zip(measured, known, strict=True)]
    target = np.concatenate([one.episode.labels == POSITIVE for one in measured]).astype(np.float64)
    per_row = np.concatenate([np.full(len(one.scores), one.weight / len(one.scores)) for one in measured])
    per_row *= np.where(target == 1, positive_weight, 1.0)
    solution = _newton(np.concatenate(rows), target, per_row / per_row.sum(), ridge)
    return _fold(solution, centre, scale, mean, spread)


def _average(column: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    there = ~np.isnan(column)
    return float(np.average(column[there], weights=weights[there]))


def _design(scores: NDArray[np.float64], known: NDArray[np.float64]) -> NDArray[np.float64]:
    varying = known[list(VARIES)]
    pairs = np.outer(varying, varying)[np.triu_indices(len(varying))]
    products = [scores * factor for factor in varying]
    constant = np.concatenate([known, pairs, [1.0]])
    return np.hstack([scores, *products, np.tile(constant, (len(scores), 1))])


def _newton(
    design: NDArray[np.float64], target: NDArray[np.float64], weights: NDArray[np.float64], ridge: float
) -> NDArray[np.float64]:
    solution = np.zeros(design.shape[1])
    penalty = np.full(design.shape[1], ridge)
    penalty[-1] = 0.0
    for _ in range(30):
        chance = 1.0 / (1.0 + np.exp(-np.clip(design @ solution, -40, 40)))
        gradient = design.T @ (weights * (chance - target)) + penalty * solution
        curvature = (design * (weights * chance * (1 - chance))[:, None]).T @ design
        step = np.linalg.solve(curvature + np.diag(penalty + 1e-9), gradient)
        solution -= step
        if float(np.abs(step).max()) < 1e-7:
            break
    return solution


def _fold(
    solution: NDArray[np.float64],
    centre: NDArray[np.float64],
    scale: NDArray[np.float64],
    mean: NDArray[np.float64],
    spread: NDArray[np.float64],
) -> Calibration:
    """Undo the standardising of the similarities, so that the calibration reads them raw."""
    scores, varying = len(SIMILARITIES), len(VARIES)
    table = solution[: scores * (1 + varying)].reshape(1 + varying, scores).T / scale[:, None]
    rest = solution[scores * (1 + varying) :]
    incident = rest[: len(FEATURES)].copy()
    pairs = rest[len(FEATURES) : -1]
    shift = centre @ table
    incident[list(VARIES)] -= shift[1:]
    return Calibration(table, VARIES, incident, pairs, float(rest[-1] - shift[0]), mean, spread)
