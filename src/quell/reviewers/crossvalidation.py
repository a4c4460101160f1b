"""How well a policy's examples foretell each other: each is reviewed by a reviewer built without it.

report = cross_validate(engine, policy, progress)        # policy.examples, each left out once
report = judge(policy.labels, examples, reviews)         # any labelled texts and any reviewer's answers
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from quell.errors import InvalidRequestBody
from quell.reviewers.domain import Example, Label, Policy, Review, ReviewerEngine

FOLDS = 5
"""How many reviewers are built; each leaves out one part of the examples."""

KEPT_EVERY = 50
"""After so many reviews of a fold they are kept, or after a tenth of it: each time all are written."""

MOST_WRONG = 200
"""How many wrong examples a report lists."""


@dataclass(frozen=True, slots=True)
class LabelQuality:
    """One label's share of right answers: `precision` of those given, `recall` of those due, 0 to 1.

    A share of nothing is None: precision if the label was never answered, recall if it has no examples.
    """

    label: str
    examples: int
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True, slots=True)
class WrongExample:
    """An example, its own label, and the review that says another one."""

    text: str
    label: str
    answer: str
    confidence: float
    reasoning: str


@dataclass(frozen=True, slots=True)
class QualityReport:
    """`confusion[i][j]` counts examples of label i that were answered j, in the order of `labels`.

    `accuracy` is the share of right answers, `macro_f1` the mean F1 of the labels that have examples.
    `wrong` lists the surest mistakes first, at most MOST_WRONG of the `wrong_count`.
    """

    labels: tuple[str, ...]
    examples: int
    folds: int
    confusion: tuple[tuple[int, ...], ...]
    per_label: tuple[LabelQuality, ...]
    accuracy: float
    macro_f1: float
    wrong_count: int
    wrong: tuple[WrongExample, ...]


def cross_validate(
    engine: ReviewerEngine,
    policy: Policy,
    progress: Callable[[float], None],
    folds: int = FOLDS,
    *,
    known: Mapping[int, Review] | None = None,
    keep: Callable[[Mapping[int, Review]], None] = lambda _: None,
) -> QualityReport:
    """Review each example of a policy by a reviewer that was built without it.

    `progress` is called with 0 to 1 and may raise to end the work. Takes `folds` builds, so run it in a job.
    After each fold, and now and then in one (KEPT_EVERY), `keep` is called with all reviews so far, by the
    place of the example; given again as `known`, they are not made again.
    Refused (InvalidRequestBody) with fewer than two examples. Equal texts are always left out together.
    """
    if len(policy.examples) < 2:
        raise InvalidRequestBody("A cross-validated report needs at least two examples.", target="examples")
    places = _places(policy.examples, folds)
    used = sorted(set(places))
    reviews = dict(known or {})
    for number, fold in enumerate(used):
        due = [at for at, place in enumerate(places) if place == fold and at not in reviews]
        if not due:
            continue
        kept = tuple(one for one, place in zip(policy.examples, places, strict=True) if place != fold)
        part = replace(policy, examples=kept)

        def built(share: float, number: int = number) -> None:
            progress((number + share / 2) / len(used))

        often = max(KEPT_EVERY, len(due) // 10)
        reviewer = engine.load(part, engine.build(part, built))
        for done, at in enumerate(due):
            reviews[at] = reviewer.review(policy.examples[at].text)
            progress((number + 0.5 + (done + 1) / len(due) / 2) / len(used))
            if (done + 1) % often == 0:
                keep(reviews)
        keep(reviews)
    answered = [reviews[at] for at in range(len(places))]
    return replace(judge(policy.labels, policy.examples, answered), folds=len(used))


def judge(labels: Sequence[Label], examples: Sequence[Example], reviews: Sequence[Review]) -> QualityReport:
    """Compare reviews with the labels of the same texts, in the same order; `folds` is 0."""
    names = tuple(label.name for label in labels)
    place = {name: at for at, name in enumerate(names)}
    counts = [[0] * len(names) for _ in names]
    wrong = []
    for example, review in zip(examples, reviews, strict=True):
        counts[place[example.label]][place[review.label]] += 1
        if review.label != example.label:
            wrong.append(
                WrongExample(example.text, example.label, review.label, review.confidence, review.reasoning)
            )
    per_label = tuple(_quality(name, at, counts) for at, name in enumerate(names))
    known = [one.f1 for one in per_label if one.f1 is not None]
    wrong.sort(key=lambda one: -one.confidence)
    return QualityReport(
        labels=names,
        examples=len(examples),
        folds=0,
        confusion=tuple(map(tuple, counts)),
        per_label=per_label,
        accuracy=1 - len(wrong) / len(examples) if examples else 0.0,
        macro_f1=sum(known) / len(known) if known else 0.0,
        wrong_count=len(wrong),
        wrong=tuple(wrong[:MOST_WRONG]),
    )


def _quality(name: str, at: int, counts: list[list[int]]) -> LabelQuality:
    right, due, given = counts[at][at], sum(counts[at]), sum(row[at] for row in counts)
    f1 = 2 * right / (due + given) if due else None
    return LabelQuality(name, due, right / given if given else None, right / due if due else None, f1)


def _places(examples: Sequence[Example], folds: int) -> list[int]:
    """Deal the examples of each label to the folds in turn; the same text always goes to the same fold."""
    of_text: dict[str, int] = {}
    dealt: dict[str, int] = {}
    for example in examples:
        key = " ".join(example.text.casefold().split())
        if key not in of_text:
            number = dealt.get(example.label, 0)
            dealt[example.label] = number + 1
            of_text[key] = number % folds
    return [of_text[" ".join(example.text.casefold().split())] for example in examples]
