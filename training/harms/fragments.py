"""Trains the linear reader of letters and words: hashed fragments to one weight a category.

Its rows are drawn as the network's are, some of them again in disguise, so that it
learns what slips leave over.
"""

import random

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import minimize

from quell.harms.fragments import buckets
from quell.text.normalise import normalise
from training.harms.augment import augment
from training.harms.corpus import Corpus
from training.harms.network import CATEGORIES

BITS = 17
ROWS = 150_000
CHARACTERS = 640
DISGUISED = 0.4
DISGUISED_WEIGHT = 0.7
PULL = 1e-6  # towards 0: chosen on the calibration half from 1e-6 and 1e-5
STEPS = 60
EVEN = 5.0  # brings a row's values near 1
FLAG = 2

Table = NDArray[np.float32]


def _cropped(rng: random.Random, text: str, *, harmful: bool) -> str:
    if len(text) <= CHARACTERS:
        return text
    start = 0 if harmful or rng.random() < 0.3 else rng.randrange(len(text) - CHARACTERS)
    return text[start : start + CHARACTERS]


def drawn(corpus: Corpus, seed: int = 5) -> tuple[list[str], NDArray[np.int64], NDArray[np.bool_]]:
    """Texts as they are read, the row of each in the corpus, and whether it is in disguise."""
    rng, numbers = random.Random(seed), np.random.default_rng(seed)
    texts, rows, disguised = [], [], []
    for row in numbers.choice(len(corpus.texts), ROWS, replace=False, p=corpus.chance):
        text = _cropped(rng, corpus.texts[row], harmful=bool((corpus.severities[row] >= FLAG).any()))
        copies = [(text, False)]
        if rng.random() < DISGUISED:
            copies.append((augment(rng, text), True))
        for copy, changed in copies:
            texts.append(normalise(copy).text)
            rows.append(row)
            disguised.append(changed)
    return texts, np.array(rows), np.array(disguised)


def matrix(texts: list[str]) -> sp.csr_matrix:
    """One row of ones a text, in the buckets it fills; (n, 2 ** BITS)."""
    filled = [buckets(text, BITS).astype(np.int32) for text in texts]
    ends = np.cumsum([0, *map(len, filled)])
    return sp.csr_matrix(
        (np.ones(ends[-1], np.float32), np.concatenate(filled), ends), shape=(len(texts), 1 << BITS)
    )


def rarity(filled: sp.csr_matrix) -> Table:
    """Inverse document frequency of each bucket."""
    counts = np.bincount(filled.indices, minlength=filled.shape[1])
    return (np.log((1 + filled.shape[0]) / (1 + counts)) + 1).astype(np.float32) / np.float32(EVEN)


def fitted(values: sp.csr_matrix, positive: NDArray[np.bool_], weights: Table) -> Table:
    """Weights of one logistic regression, (buckets,); the rarer class counts by the root of the imbalance."""
    pull = np.sqrt(weights[~positive].sum() / weights[positive].sum())
    weights = (weights * np.where(positive, pull, 1)).astype(np.float32)
    weights /= weights.sum()
    targets = np.where(positive, 0.99, 0.01).astype(np.float32)
    turned = values.T.tocsr()

    def cost(x: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = values @ x[:-1].astype(np.float32) + np.float32(x[-1])
        loss = float((weights * (np.logaddexp(0, odds) - targets * odds)).sum())
        slope = (weights * (1 / (1 + np.exp(-odds)) - targets)).astype(np.float32)
        gradient = np.append((turned @ slope).astype(np.float64) + PULL * x[:-1], slope.sum())
        return loss + PULL / 2 * float((x[:-1] ** 2).sum()), gradient

    options = {"maxiter": STEPS, "maxcor": 6}
    best = minimize(cost, np.zeros(values.shape[1] + 1), jac=True, method="L-BFGS-B", options=options)
    return best.x[:-1].astype(np.float32)


def trained(corpus: Corpus) -> NDArray[np.int8]:
    """Train the table, (2 ** BITS, 4): weights as 8-bit integers, each category on its own scale."""
    texts, rows, disguised = drawn(corpus)
    filled = matrix(texts)
    rare = rarity(filled)
    sizes = np.maximum(1, np.diff(filled.indptr))
    filled.data = rare[filled.indices] / np.repeat(np.sqrt(sizes), sizes).astype(np.float32)
    columns = []
    for n in range(len(CATEGORIES)):
        severity = corpus.severities[rows, n]
        weights = corpus.weights[rows, n] * np.where(disguised, DISGUISED_WEIGHT, 1)
        known = np.flatnonzero(severity >= 0)
        found = fitted(filled[known], severity[known] >= FLAG, weights[known].astype(np.float32)) * rare
        columns.append(np.round(found * (127 / np.abs(found).max())).astype(np.int8))
    return np.ascontiguousarray(np.stack(columns, 1))
