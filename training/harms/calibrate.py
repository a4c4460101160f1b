"""Chooses scale, shift, thresholds and caution on the calibration half, so that severities agree."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from training.harms.corpus import Corpus
from training.harms.network import CATEGORIES, CUTS

Floats = NDArray[np.float64]
BENIGN_LIMIT = 0.04
# No threshold above even odds: what is more likely harmful than not is flagged.
GRID = np.linspace(0.25, 0.75, 51)
EVEN = 0.5
HAIR = 0.005
FEWEST = 40
# The worst of many windows is high by chance; more caution loses long harmful texts (tables of the card).
CAUTION = 0.45


@dataclass(frozen=True)
class Calibration:
    """Log-odds become `scale * logit + shift`, less `caution * ln(windows)`.

    `scale` (4,), `shift` (4, 4), `thresholds` (4, 4) as probabilities.
    """

    scale: NDArray[np.float32]
    shift: NDArray[np.float32]
    thresholds: Floats
    caution: float


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


def platt(logits: Floats, severities: NDArray[np.int8], weights: Floats) -> tuple[float, Floats]:
    """One scale and four shifts for one category; logits (n, 4), severities (n,) without unknowns."""
    targets = severities[:, None] >= np.array(CUTS)

    def cost(parameters: Floats) -> float:
        odds = np.exp(parameters[0]) * logits + parameters[1:]
        losses = np.logaddexp(0, odds) - targets * odds
        return float((losses * weights[:, None]).sum() / len(logits)) + 1e-3 * float((parameters**2).sum())

    best = minimize(cost, np.zeros(5), method="L-BFGS-B").x
    return float(np.exp(best[0])), best[1:]


def best_threshold(chance: Floats, positive: NDArray[np.bool_], weights: Floats) -> float:
    """Find the middle of the probabilities whose weighted F1 is as good as the best but for a hair.

    F1 is flat around its top, where the very best place is chance.
    """
    found = []
    for threshold in GRID:
        called = chance >= threshold
        hits = (weights * (called & positive)).sum()
        found.append(2 * hits / ((weights * called).sum() + (weights * positive).sum()))
    good = GRID[np.array(found) >= max(found) - HAIR]
    return min(EVEN, float(np.median(good)))


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


def calibrate(logits: Floats, windows: NDArray[np.int64], corpus: Corpus) -> Calibration:
    """All of it, from raw worst-window logits (n, 4, 4) and the number of windows of each text (n,)."""
    weights = row_weights(corpus)
    scale, shift = np.ones(len(CATEGORIES)), np.zeros((len(CATEGORIES), len(CUTS)))
    short = windows == 1
    for n in range(len(CATEGORIES)):
        known = (corpus.severities[:, n] >= 0) & short
        scale[n], shift[n] = platt(logits[known, n], corpus.severities[known, n], weights[known])
    odds = scale[None, :, None] * logits + shift
    thresholds = _thresholds(sigmoid(odds[short]), corpus.take(short), weights[short])
    return Calibration(scale.astype(np.float32), shift.astype(np.float32), thresholds, CAUTION)
