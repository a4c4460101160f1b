"""Labels against readings: one table per category, and in it one row per language."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from quell.harms import metrics
from quell.harms.domain import CATEGORIES, FLAGGED, HarmReading

ALL = "all"
"""Stands for every language."""

ANY = "Any"
"""Stands for every category: a text is harmful when one of its labels says so."""

Labels = Literal["severities", "flags"]
_FLAG_CUT = 1


@dataclass(frozen=True, slots=True)
class Judged:
    """A text's labels by category, None where unknown, its language, and what the model says."""

    labels: Mapping[str, int | None]
    language: str
    reading: HarmReading


@dataclass(frozen=True, slots=True)
class Score:
    """How well a category is told in a language, at the shipped thresholds.

    What needs both harmful and harmless texts, or severities, is None without them.
    """

    language: str
    texts: int
    harmful: int
    auroc: float | None
    auprc: float | None
    f1: float | None
    recall: float | None
    false_positive_rate: float | None
    absolute_error: float | None = None
    rank_correlation: float | None = None
    confusion: list[list[int]] | None = None


@dataclass(frozen=True, slots=True)
class CategoryScores:
    """The scores of a category: over all languages first, then each by name.

    `labels` says whether they were severities, harmful from 2 on, or flags of 0 and 1.
    """

    category: str
    labels: Labels
    scores: tuple[Score, ...]


@dataclass(frozen=True, slots=True)
class _Columns:
    """The texts whose label is known; one entry each."""

    languages: NDArray[np.str_]
    truth: metrics.Numbers
    chance: metrics.Numbers
    severity: metrics.Numbers
    labels: Labels

    def score(self, language: str) -> Score:
        chosen = np.full(len(self.truth), True) if language == ALL else self.languages == language
        truth, severity = self.truth[chosen], self.severity[chosen]
        positive = truth >= (FLAGGED if self.labels == "severities" else 1)
        flagged = severity >= FLAGGED
        found = Score(
            language,
            len(truth),
            int(positive.sum()),
            metrics.auroc(positive, self.chance[chosen]),
            metrics.auprc(positive, self.chance[chosen]),
            metrics.f1(positive, flagged),
            metrics.recall(positive, flagged),
            metrics.false_positive_rate(positive, flagged),
        )
        return found if self.labels == "flags" else _with_severities(found, truth, severity)


def evaluate(judged: Sequence[Judged], labels: Labels | None = None) -> list[CategoryScores]:
    """Return the scores of each category with labels, and of any harm where there are several.

    Without `labels`, a category's are flags when none of them is above 1.
    """
    columns = {category: _columns(judged, category, labels) for category in CATEGORIES}
    columns = {category: column for category, column in columns.items() if len(column.truth)}
    if len(columns) > 1:
        columns[ANY] = _any(judged, {category: column.labels for category, column in columns.items()})
    return [
        CategoryScores(category, column.labels, tuple(map(column.score, _languages(column))))
        for category, column in columns.items()
    ]


def _languages(column: _Columns) -> Iterator[str]:
    yield ALL
    found = sorted(set(column.languages.tolist()))
    yield from (name for name in found if name and len(found) > 1)


def _columns(judged: Sequence[Judged], category: str, labels: Labels | None) -> _Columns:
    known = [(one, label) for one in judged if (label := one.labels.get(category)) is not None]
    truth = np.array([label for _, label in known], np.float64)
    readings = [one.reading[category] for one, _ in known]
    return _Columns(
        np.array([one.language for one, _ in known], np.str_),
        truth,
        np.array([reading.probabilities[_FLAG_CUT] for reading in readings], np.float64),
        np.array([reading.severity for reading in readings], np.float64),
        labels or ("flags" if truth.max(initial=0) <= 1 else "severities"),
    )


def _any(judged: Sequence[Judged], kinds: Mapping[str, Labels]) -> _Columns:
    """Texts that some label calls harmful, or that every labelled category calls harmless."""
    known = [(one, truth) for one in judged if (truth := _any_truth(one, kinds)) is not None]
    return _Columns(
        np.array([one.language for one, _ in known], np.str_),
        np.array([truth for _, truth in known], np.float64),
        np.array([max(one.reading[name].probabilities[_FLAG_CUT] for name in kinds) for one, _ in known]),
        np.array([max(one.reading[name].severity for name in kinds) for one, _ in known], np.float64),
        "flags",
    )


def _any_truth(one: Judged, kinds: Mapping[str, Labels]) -> bool | None:
    labels = {name: one.labels.get(name) for name in kinds}
    if any(
        label is not None and label >= (FLAGGED if kinds[name] == "severities" else 1)
        for name, label in labels.items()
    ):
        return True
    return None if None in labels.values() else False


def _with_severities(score: Score, truth: metrics.Numbers, severity: metrics.Numbers) -> Score:
    return replace(
        score,
        absolute_error=metrics.absolute_error(truth, severity),
        rank_correlation=metrics.rank_correlation(truth, severity),
        confusion=metrics.confusion(truth, severity),
    )
