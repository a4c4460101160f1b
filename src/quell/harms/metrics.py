"""How well scores and severities agree with labels; None where that cannot be said.

`positive`, `flagged`: (n,) bool. `score`: (n,), higher is more harmful. `truth`, `severity`: (n,), 0 to 7.
"""

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]

LEVELS = 4


def auroc(positive: Flags, score: Numbers) -> float | None:
    """Return how probable it is that a harmful text scores higher than a harmless one; ties count half."""
    harmful, harmless = int(positive.sum()), int((~positive).sum())
    if not harmful or not harmless:
        return None
    above = ranks(score)[positive].sum() - harmful * (harmful + 1) / 2
    return float(above / (harmful * harmless))


def auprc(positive: Flags, score: Numbers) -> float | None:
    """Return the average precision: each step of recall, times the precision at its end."""
    harmful = int(positive.sum())
    if not harmful or harmful == len(positive):
        return None
    order = np.argsort(-score, kind="stable")
    found = np.cumsum(positive[order])
    # Equal scores are flagged together, so that only the last of them is a step.
    last = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    recall, precision = found[last] / harmful, found[last] / (last + 1)
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def f1(positive: Flags, flagged: Flags) -> float | None:
    """Return the harmonic mean of precision and recall."""
    if not positive.any():
        return None
    return float(2 * (positive & flagged).sum() / (positive.sum() + flagged.sum()))


def recall(positive: Flags, flagged: Flags) -> float | None:
    """Return the share of harmful texts that are flagged."""
    return float(flagged[positive].mean()) if positive.any() else None


def false_positive_rate(positive: Flags, flagged: Flags) -> float | None:
    """Return the share of harmless texts that are flagged."""
    return float(flagged[~positive].mean()) if not positive.all() else None


def absolute_error(truth: Numbers, severity: Numbers) -> float | None:
    """Return the mean distance between label and answer, in severities."""
    return float(np.abs(truth - severity).mean()) if len(truth) else None


def rank_correlation(truth: Numbers, severity: Numbers) -> float | None:
    """Return Spearman's correlation, ties sharing their mean rank."""
    if len(truth) < 2 or np.ptp(truth) == 0 or np.ptp(severity) == 0:
        return None
    return float(np.corrcoef(ranks(truth), ranks(severity))[0, 1])


def confusion(truth: Numbers, severity: Numbers) -> list[list[int]]:
    """Count the levels 0, 2, 4, 6: one row for each level of the labels, one column for each answer."""
    counts = np.zeros((LEVELS, LEVELS), np.int64)
    np.add.at(counts, (truth.astype(int) // 2, severity.astype(int) // 2), 1)
    return [[int(count) for count in row] for row in counts]


def ranks(values: Numbers) -> Numbers:
    """Return the rank of each value from 1 on; equal values share the mean of theirs."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return (last - (count - 1) / 2)[place]
