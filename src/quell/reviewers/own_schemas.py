"""The wire shapes of Quell's own operations on auto reviewers."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from quell.http.wire import WireAnswer
from quell.jobs.domain import Job, State
from quell.reviewers.crossvalidation import QualityReport, WrongExample
from quell.reviewers.desk import Seated
from quell.reviewers.domain import Definition, Example, Label, Review, ReviewerVersion, written
from quell.reviewers.examples import ExampleLine, canonical, spelled
from quell.reviewers.quality import Judged, ReportState
from quell.reviewers.schemas import (
    AutoReviewAnswer,
    AutoReviewerAnswer,
    DefinitionBody,
    ReviewBody,
    members_of,
)

OWN_REVIEW_LENGTH = 10_000
"""Code points of a text on Quell's own routes."""

INLINE_EXAMPLES = 10_000
"""Examples in one request."""

SHOWN_DIFFERENCES = 200
"""Texts that a comparison names."""


class OwnDefinition(DefinitionBody):
    """A new version whose examples stand in the request, not in a blob."""

    examples: Annotated[list[ExampleLine], Field(max_length=INLINE_EXAMPLES)] = Field(default_factory=list)
    engine: Annotated[str | None, Field(max_length=64)] = None

    def own_definition(self, name: str) -> tuple[Definition, list[Example]]:
        """Return the definition and the examples, or refuse the first that is not sound."""
        plain = self.definition(name)
        examples = examples_of(self.examples, plain.labels)
        return Definition(plain.labels, plain.example_blob_url, plain.blob_delimiter, self.engine), examples


class VersionDetail(AutoReviewerAnswer):
    """A version with what the protocol does not tell: its engine, its examples, how far its build is."""

    engine: str
    example_count: int
    progress: float
    attempt: int

    @classmethod
    def with_build(cls, version: ReviewerVersion, job: Job | None) -> "VersionDetail":
        """Render a version and its build."""
        done = 1.0 if version.status == "Succeeded" else 0.0
        return cls(
            **members_of(version),
            engine=version.engine,
            example_count=version.examples,
            progress=round(job.progress, 3) if job is not None else done,
            attempt=job.attempt if job is not None else 0,
        )


class VersionPage(WireAnswer):
    """A page of the versions of a reviewer, newest first."""

    value: list[VersionDetail]
    next_link: str | None = None


class OwnReviewText(ReviewBody):
    """A text to review; longer than the protocol allows, too."""

    text: Annotated[str, Field(min_length=1, max_length=OWN_REVIEW_LENGTH)]


class OwnReviewAnswer(AutoReviewAnswer):
    """A review with what the protocol does not tell: the version, the engine, and how sure it is."""

    confidence: float
    engine: str
    auto_reviewer_version: int

    @classmethod
    def by(cls, seated: Seated, review: Review) -> "OwnReviewAnswer":
        """Render a review and who made it."""
        return cls(
            label_name=review.label,
            reasoning=review.reasoning,
            confidence=written(review.confidence),
            engine=review.engine,
            auto_reviewer_version=seated.version.version,
        )


class ReviewLine(WireAnswer):
    """The answer for one line of a file: a review, or why the line was refused."""

    line: int
    label_name: str | None = None
    reasoning: str | None = None
    confidence: float | None = None
    error: str | None = None


class FiguresAnswer(WireAnswer):
    """How well the texts of one label are told; 0 to 1, absent where there is nothing to divide by."""

    label_name: str
    texts: int
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None


class WrongAnswer(WireAnswer):
    """A text that was given another label than people gave it, and why."""

    text: str
    label_name: str
    given: str
    confidence: float
    reasoning: str

    @classmethod
    def of(cls, wrong: WrongExample) -> "WrongAnswer":
        """Render a wrong answer."""
        return cls(
            text=wrong.text,
            label_name=wrong.label,
            given=wrong.answer,
            confidence=written(wrong.confidence),
            reasoning=wrong.reasoning,
        )


class ReportAnswer(WireAnswer):
    """The figures of a version. `confusion[i][j]` counts texts of label i that were given label j.

    `wrong` lists the surest of the `wrongCount` mistakes first.
    """

    texts: int
    accuracy: float
    macro_f1: float
    labels: list[FiguresAnswer]
    confusion: list[list[int]]
    wrong_count: int
    wrong: list[WrongAnswer]

    @classmethod
    def of(cls, report: QualityReport) -> "ReportAnswer":
        """Render a report."""
        return cls(
            texts=report.examples,
            accuracy=round(report.accuracy, 4),
            macro_f1=round(report.macro_f1, 4),
            labels=[
                FiguresAnswer(
                    label_name=one.label,
                    texts=one.examples,
                    precision=_rounded(one.precision),
                    recall=_rounded(one.recall),
                    f1=_rounded(one.f1),
                )
                for one in report.per_label
            ],
            confusion=[list(row) for row in report.confusion],
            wrong_count=report.wrong_count,
            wrong=[WrongAnswer.of(one) for one in report.wrong],
        )


class ReportStateAnswer(WireAnswer):
    """What became of a cross-validated report."""

    auto_reviewer_name: str
    version: int
    state: State | None = None
    progress: float
    error: str | None = None
    report: ReportAnswer | None = None

    @classmethod
    def of(cls, state: ReportState) -> "ReportStateAnswer":
        """Render the state of a report."""
        return cls(
            auto_reviewer_name=state.version.reviewer,
            version=state.version.version,
            state=state.job.state if state.job else None,
            progress=round(state.job.progress, 3) if state.job else 0.0,
            error=state.job.error if state.job else None,
            report=ReportAnswer.of(state.report) if state.report else None,
        )


class DifferenceAnswer(WireAnswer):
    """A text that two versions give different labels."""

    text: str
    label_name: str
    first: str
    second: str


class ComparisonAnswer(WireAnswer):
    """Two versions on the same texts."""

    first_version: int
    second_version: int
    first: ReportAnswer
    second: ReportAnswer
    difference_count: int
    differences: list[DifferenceAnswer]

    @classmethod
    def of(cls, versions: tuple[int, int], judged: tuple[Judged, Judged]) -> "ComparisonAnswer":
        """Render a comparison; of the texts with different labels the first SHOWN_DIFFERENCES."""
        one, other = judged
        differ = [
            DifferenceAnswer(
                text=example.text, label_name=example.label, first=ours.label, second=theirs.label
            )
            for example, ours, theirs in zip(one.examples, one.reviews, other.reviews, strict=True)
            if ours.label != theirs.label
        ]
        return cls(
            first_version=versions[0],
            second_version=versions[1],
            first=ReportAnswer.of(one.report),
            second=ReportAnswer.of(other.report),
            difference_count=len(differ),
            differences=differ[:SHOWN_DIFFERENCES],
        )


def examples_of(lines: Sequence[ExampleLine], labels: Sequence[Label]) -> list[Example]:
    """Return the examples of a request, or refuse the first whose label is none of the labels."""
    names = canonical(labels)
    return [
        Example(
            line.text,
            spelled(line.label_name, names, f"Example {number}: ", f"examples[{number}].labelName"),
            line.reasoning,
        )
        for number, line in enumerate(lines)
    ]


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
