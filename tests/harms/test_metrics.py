"""Metrics against values that are known, and against their definitions."""

import numpy as np
import pytest

from quell.harms import metrics

TRUTH = np.array([False, False, True, True])
SCORE = np.array([0.1, 0.4, 0.35, 0.8])


def test_known_values() -> None:
    """The examples of the usual library give its answers."""
    assert metrics.auroc(TRUTH, SCORE) == pytest.approx(0.75)
    assert metrics.auprc(TRUTH, SCORE) == pytest.approx(0.8333333333)
    assert metrics.f1(np.array([1, 1, 0, 0, 1], bool), np.array([1, 0, 1, 0, 1], bool)) == pytest.approx(
        2 / 3
    )
    assert metrics.rank_correlation(
        np.array([1.0, 2, 3, 4, 5]), np.array([5.0, 6, 7, 8, 7])
    ) == pytest.approx(0.8207826816681233)


@pytest.mark.parametrize(
    ("score", "auroc", "auprc"),
    [([4, 3, 2, 1], 0.0, 5 / 12), ([1, 2, 3, 4], 1.0, 1.0), ([5, 5, 5, 5], 0.5, 0.5)],
)
def test_the_ends_of_the_scale(score: list[float], auroc: float, auprc: float) -> None:
    """Upside down, perfect, and a score that says nothing, whatever the order of the rows."""
    for order in ([0, 1, 2, 3], [3, 1, 2, 0]):
        found = np.array(score, np.float64)[order]
        assert metrics.auroc(TRUTH[order], found) == pytest.approx(auroc)
        assert metrics.auprc(TRUTH[order], found) == pytest.approx(auprc)


@pytest.mark.parametrize("seed", range(5))
def test_areas_are_what_they_are_defined_to_be(seed: int) -> None:
    """AUROC counts pairs, AUPRC sums precision over steps of recall, with many ties among the scores."""
    chance = np.random.default_rng(seed)
    positive = chance.random(60) < 0.4
    score = chance.integers(0, 8, 60) / 8
    pairs = [(a > b) + (a == b) / 2 for a in score[positive] for b in score[~positive]]
    area = before = 0.0
    for cut in sorted(set(score.tolist()), reverse=True):
        flagged = score >= cut
        recall = (flagged & positive).sum() / positive.sum()
        area += (recall - before) * (flagged & positive).sum() / flagged.sum()
        before = recall

    assert metrics.auroc(positive, score) == pytest.approx(np.mean(pairs))
    assert metrics.auprc(positive, score) == pytest.approx(area)


def test_rates() -> None:
    """Recall looks at the harmful texts, the false-positive rate at the harmless ones."""
    positive, flagged = np.array([1, 1, 1, 0, 0], bool), np.array([1, 0, 0, 1, 0], bool)

    assert metrics.recall(positive, flagged) == pytest.approx(1 / 3)
    assert metrics.false_positive_rate(positive, flagged) == pytest.approx(1 / 2)


def test_severities() -> None:
    """The error is in severities; the counts stand by the label's level, then the answer's."""
    truth, severity = np.array([0.0, 2, 4, 6, 7]), np.array([1.5, 2.25, 2, 7, 7])

    assert metrics.absolute_error(truth, severity) == pytest.approx((1.5 + 0.25 + 2 + 1) / 5)
    assert metrics.confusion(truth, severity) == [[1, 0, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 2]]


def test_equal_values_share_their_rank() -> None:
    """Ranks begin at 1."""
    assert metrics.ranks(np.array([3.0, 1, 3, 2])).tolist() == [3.5, 1.0, 3.5, 2.0]


def test_what_cannot_be_said_is_not_said() -> None:
    """One class, one value or no text has no area and no correlation."""
    one, score = np.array([True, True]), np.array([0.1, 0.2])

    assert (metrics.auroc(one, score), metrics.auroc(~one, score)) == (None, None)
    assert (metrics.auprc(one, score), metrics.auprc(~one, score)) == (None, None)
    assert (metrics.f1(~one, one), metrics.recall(~one, one)) == (None, None)
    assert metrics.false_positive_rate(one, one) is None
    assert metrics.rank_correlation(score, np.array([2.0, 2.0])) is None
    assert metrics.absolute_error(np.zeros(0), np.zeros(0)) is None
