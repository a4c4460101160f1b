"""Chooses how the readers are added up, and thresholds, on the calibration half, so that severities agree."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from training.harms.corpus import Corpus
from training.harms.network import CATEGORIES, CUTS

Floats = NDArray[np.float64]
BENIGN_LIMIT = 0.04
GRID = np.linspace(0.25, 0.75, 51)
FEWEST = 40
# The linear reader learned "2 or more", which is also what flags a text.
CUT_WEIGHTS = np.array([0.3, 1.0, 0.7, 0.3])


@dataclass(frozen=True)
class Calibration:
    """Log-odds are `lean[0] * network + lean[1] * fragments + shift`.

    `lean` (4, 2), `shift` (4, 4), `thresholds` (4, 4) as probabilities.
    """

    lean: Floats
    shift: Floats
    thresholds: Floats


def row_weights(corpus: Corpus) -> Floats:
    """Every source and language counts by the square root of its rows, so that none decides alone; mean 1.

    Our own templates keep a quarter of the whole.
    """
    cells = np.array(
        [s.split(":")[0] + "/" + lang for s, lang in zip(corpus.sources, corpus.langs, strict=True)]
    )
    _, number, sizes = np.unique(cells, return_inverse=True, return_counts=True)
    weights = sizes[number] ** -0.5
    own = np.char.startswith(cells, "own/")
    if own.any() and not own.all():
        weights[own] *= weights[~own].sum() / weights[own].sum() / 3
    return weights / weights.mean()


def platt(network: Floats, fragments: Floats, severities: NDArray[np.int8], weights: Floats) -> Floats:
    """Two scales, both above 0, and four shifts for one category; network (n, 4), all others (n,)."""
    targets = severities[:, None] >= np.array(CUTS)

    def cost(parameters: Floats) -> float:
        scales = np.exp(parameters[:2])
        odds = scales[0] * network + scales[1] * fragments[:, None] + parameters[2:]
        losses = np.logaddexp(0, odds) - targets * odds
        shrink = 1e-3 * float((parameters[2:] ** 2).sum())
        return float((losses * weights[:, None] * CUT_WEIGHTS).sum() / len(network)) + shrink

    begin = np.array([0, -np.log(fragments.std()), 0, 0, 0, 0])
    best: Floats = minimize(cost, begin, method="L-BFGS-B").x
    return np.append(np.exp(best[:2]), best[2:])


def best_threshold(chance: Floats, positive: NDArray[np.bool_], weights: Floats) -> float:
    """Give half of the best weighted F1 that any threshold reaches.

    Where probabilities are honest, F1 is highest there ("Optimal Thresholding of Classifiers to Maximize F1
    Measure", 2014). The place of the highest F1 in a few rows is chance; its height is not.
    """
    found = []
    for threshold in GRID:
        called = chance >= threshold
        hits = (weights * (called & positive)).sum()
        found.append(2 * hits / ((weights * called).sum() + (weights * positive).sum()))
    return max(found) / 2


def _thresholds(chances: Floats, corpus: Corpus, weights: Floats) -> Floats:
    found = np.full((len(CATEGORIES), len(CUTS)), 0.5)
    own = np.array([s.startswith("own:") for s in corpus.sources])
    for n in range(len(CATEGORIES)):
        known = corpus.severities[:, n] >= 0
        for k, cut in enumerate(CUTS):
            positive = corpus.severities[known, n] >= cut
            if positive.sum() >= FEWEST:
                found[n, k] = best_threshold(chances[known, n, k], positive, weights[known])
        harmless = chances[own & (corpus.severities[:, n] <= 1), n, 1]
        found[n, 1] = max(found[n, 1], float(np.quantile(harmless, 1 - BENIGN_LIMIT)))
    return found


def sigmoid(odds: Floats) -> Floats:
    """Log-odds to probabilities."""
    return 1 / (1 + np.exp(-odds))


def calibrate(network: Floats, fragments: Floats, corpus: Corpus) -> Calibration:
    """All of it, from texts of one window: network logits (n, 4, 4), fragments (n, 4)."""
    weights = row_weights(corpus)
    lean, shift = np.ones((len(CATEGORIES), 2)), np.zeros((len(CATEGORIES), len(CUTS)))
    for n in range(len(CATEGORIES)):
        known = corpus.severities[:, n] >= 0
        found = platt(network[known, n], fragments[known, n], corpus.severities[known, n], weights[known])
        lean[n], shift[n] = found[:2], found[2:]
    odds = lean[:, :1] * network + (lean[:, 1] * fragments)[:, :, None] + shift
    chances = sigmoid(np.minimum.accumulate(odds, axis=2))
    return Calibration(lean, shift, _thresholds(chances, corpus, weights))
