"""The report on a policy's own examples."""

from collections.abc import Callable

import pytest

from quell.errors import InvalidRequestBody
from quell.reviewers.crossvalidation import FOLDS, KEPT_EVERY, cross_validate, judge
from quell.reviewers.domain import Example, Label, Policy, Review, Reviewer

LABELS = (Label("Sale", "sells"), Label("Talk", "talks"), Label("Other", "else"))


class MemoryEngine:
    """An engine that answers the label of the same words among its examples, else Other."""

    name = "memory"
    revision = "1"

    def __init__(self) -> None:
        self.policies: list[Policy] = []

    def build(self, policy: Policy, progress: Callable[[float], None]) -> bytes:
        """Keep the policy."""
        self.policies.append(policy)
        progress(1.0)
        return b""

    def load(self, policy: Policy, built: bytes) -> Reviewer:
        """Return a reviewer that looks the first word up."""
        return MemoryReviewer({one.text.split(maxsplit=1)[0]: one.label for one in policy.examples})


class MemoryReviewer:
    """Knows first words."""

    def __init__(self, known: dict[str, str]) -> None:
        self._known = known

    def review(self, text: str) -> Review:
        """Return the label of the first word."""
        return Review(self._known.get(text.split(maxsplit=1)[0], "Other"), "because", 0.8, "memory")


def test_no_example_is_reviewed_by_what_has_seen_it() -> None:
    """Every example is left out of the build that reviews it, and every fold is used."""
    engine = MemoryEngine()
    examples = tuple(Example(f"word{number} here", "Sale") for number in range(10))

    report = cross_validate(engine, Policy("r", LABELS, examples), lambda share: None)

    assert report.folds == FOLDS == len(engine.policies)
    assert report.confusion[0] == (0, 0, 10)


def test_equal_texts_are_left_out_together() -> None:
    """The same words in another case would give the answer away, and do not."""
    examples = (
        Example("One", "Sale"),
        Example("one ", "Sale"),
        Example("two", "Talk"),
        Example("too", "Talk"),
    )

    report = cross_validate(MemoryEngine(), Policy("r", LABELS, examples), lambda share: None)

    assert report.confusion[0] == (0, 0, 2)


def test_examples_of_a_label_are_dealt_evenly() -> None:
    """Each build keeps examples of every label that has two or more."""
    engine = MemoryEngine()
    examples = tuple(Example(f"{at} {label.name}", label.name) for label in LABELS for at in range(4))

    cross_validate(engine, Policy("r", LABELS, examples), lambda share: None)

    assert all({one.label for one in kept.examples} == {"Sale", "Talk", "Other"} for kept in engine.policies)


def test_one_example_is_refused() -> None:
    """There is nothing to learn from when the only example is left out."""
    with pytest.raises(InvalidRequestBody, match="at least two"):
        cross_validate(MemoryEngine(), Policy("r", LABELS, (Example("a", "Sale"),)), lambda share: None)


def test_progress_runs_from_0_to_1() -> None:
    """Progress never falls, and ends at 1."""
    seen: list[float] = []
    examples = tuple(Example(f"word{number}", "Sale") for number in range(7))

    cross_validate(MemoryEngine(), Policy("r", LABELS, examples), seen.append)

    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1.0)


def test_a_run_that_breaks_in_a_fold_goes_on_inside_it() -> None:
    """What was kept before is not reviewed again, and the report is that of a run that never broke."""
    words = [f"word{number % 7} {number}" for number in range(FOLDS * KEPT_EVERY * 2)]
    examples = tuple(Example(text, "Sale") for text in words)
    policy = Policy("r", LABELS, examples)
    kept: dict[int, Review] = {}

    def broken(share: float) -> None:
        if share > 0.9 / FOLDS:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cross_validate(MemoryEngine(), policy, broken, keep=kept.update)
    once = dict(kept)
    again = cross_validate(MemoryEngine(), policy, lambda _: None, known=once, keep=kept.update)

    assert len(once) == KEPT_EVERY
    assert again == cross_validate(MemoryEngine(), policy, lambda _: None)


def test_precision_and_recall_are_what_the_confusion_says() -> None:
    """Two of three sales found, one talk taken for a sale, nothing of the rest."""
    examples = [Example("a", "Sale"), Example("b", "Sale"), Example("c", "Sale"), Example("d", "Talk")]
    answers = [Review(label, "why", 0.6, "memory") for label in ("Sale", "Sale", "Talk", "Sale")]

    report = judge(LABELS, examples, answers)

    assert report.confusion == ((2, 1, 0), (1, 0, 0), (0, 0, 0))
    sale, talk, rest = report.per_label
    assert (sale.precision, sale.recall) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert (talk.precision, talk.recall, talk.f1) == (0.0, 0.0, 0.0)
    assert (rest.precision, rest.recall, rest.f1) == (None, None, None)
    assert report.accuracy == 0.5
    assert report.macro_f1 == pytest.approx(1 / 3)


def test_the_surest_mistakes_come_first() -> None:
    """Wrong examples are listed with what was answered and why, by falling confidence."""
    examples = [Example("a", "Sale"), Example("b", "Talk")]
    answers = [Review("Talk", "this", 0.6, "memory"), Review("Sale", "that", 0.9, "memory")]

    report = judge(LABELS, examples, answers)

    assert [(one.text, one.answer, one.reasoning) for one in report.wrong] == [
        ("b", "Sale", "that"),
        ("a", "Talk", "this"),
    ]
    assert report.wrong_count == 2
