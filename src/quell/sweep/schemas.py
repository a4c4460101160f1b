"""The wire shapes of sweeps."""

from typing import Annotated, Any, Literal

from pydantic import Field

from quell.analyze.domain import DEFAULT_CATEGORIES, Category
from quell.errors import InvalidRequestBody
from quell.http.wire import Timestamp, WireAnswer, WireModel, ignoring_case
from quell.sweep.domain import MOST_ASKED, Columns, Question
from quell.sweep.stored import KEPT_HITS, StoredSweep

Name = Annotated[str, Field(min_length=1, max_length=100)]
Names = Annotated[list[Name], Field(max_length=MOST_ASKED)]
ColumnName = Annotated[str, Field(min_length=1, max_length=256)]

_SHOWN_FAULTS = 20


class StartSweep(WireModel):
    """What to ask of which stored content."""

    source: Annotated[str, Field(min_length=1, max_length=2_048)]
    incident_names: Names = Field(default_factory=list)
    image_incident_names: Names = Field(default_factory=list)
    blocklist_names: Names = Field(default_factory=list)
    categories: list[Annotated[Category, ignoring_case(Category)]] = Field(default_factory=list)
    auto_reviewer_names: Names = Field(default_factory=list)
    label_names: Names = Field(default_factory=list)
    severity: Literal[2, 4, 6] = 2
    text_field: ColumnName = "text"
    id_field: ColumnName = "id"
    format: Literal["parquet", "jsonl", "csv", "images"] | None = None

    def question(self) -> Question:
        """Return what is asked, each name once."""
        unknown = next((one for one in self.categories if one not in DEFAULT_CATEGORIES), None)
        if unknown is not None:
            raise InvalidRequestBody(
                f"The category '{unknown.value}' cannot be asked in a sweep.", target="categories"
            )
        return Question(
            incidents=_once(self.incident_names),
            image_incidents=_once(self.image_incident_names),
            blocklists=_once(self.blocklist_names),
            categories=tuple(category.value for category in Category if category in self.categories),
            reviewers=_once(self.auto_reviewer_names),
            labels=_once(self.label_names),
            severity=self.severity,
        )

    def columns(self) -> Columns:
        """Return where rows have their text and their id; an id that was asked for must be there."""
        return Columns(self.text_field, self.id_field, id_required="id_field" in self.model_fields_set)


def _once(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


class HitCount(WireAnswer):
    """How many hits one thing had; `label` is a reviewer's label, or a category's severity."""

    kind: str
    name: str
    label: str | None = None
    hits: int


class SweepFault(WireAnswer):
    """A row that could not be judged."""

    row: int
    file: str
    line: int
    id: str | None = None
    code: str
    message: str


class AskedVersion(WireAnswer):
    """One thing that is asked, as it was when the sweep was started."""

    kind: str
    name: str
    id: str
    last_updated_at: str
    count: int
    digest: str


class SweepAnswer(WireAnswer):
    """A sweep and how far it is; `rowCount` is known once the source was read through."""

    id: str
    source: str
    format: str | None = None
    status: str
    error: str | None = None
    progress: float
    created_at: Timestamp
    last_updated_at: Timestamp
    incident_names: list[str] | None = None
    image_incident_names: list[str] | None = None
    blocklist_names: list[str] | None = None
    categories: list[str] | None = None
    auto_reviewer_names: list[str] | None = None
    label_names: list[str] | None = None
    severity: int
    asked: list[AskedVersion]
    source_digest: str | None = None
    file_count: int | None = None
    row_count: int | None = None
    rows_done: int
    rows_with_hits: int
    hit_count: int
    hits_kept: int
    hits: list[HitCount]
    error_count: int
    first_errors: list[SweepFault]

    @classmethod
    def of(cls, sweep: StoredSweep) -> "SweepAnswer":
        """Render a sweep."""
        question, plan = sweep.asked.question, sweep.plan or {}
        rows = plan.get("rows")
        return cls(
            id=sweep.id,
            source=sweep.asked.source,
            format=plan.get("format", sweep.asked.format),
            status=sweep.status,
            error=sweep.error,
            progress=round(sweep.rows / rows, 4) if rows else 0.0,
            created_at=sweep.created,
            last_updated_at=sweep.updated,
            incident_names=question["incidents"] or None,
            image_incident_names=question["image_incidents"] or None,
            blocklist_names=question["blocklists"] or None,
            categories=question["categories"] or None,
            auto_reviewer_names=question["reviewers"] or None,
            label_names=question["labels"] or None,
            severity=question["severity"],
            asked=[_asked(version) for version in sweep.versions],
            source_digest=plan.get("digest"),
            file_count=plan.get("files"),
            row_count=rows,
            rows_done=sweep.rows,
            rows_with_hits=sweep.hit_rows,
            hit_count=sweep.hits,
            hits_kept=min(sweep.hits, KEPT_HITS),
            hits=[
                HitCount(kind=kind, name=name, label=label or None, hits=count)
                for kind, name, label, count in sweep.counts
            ],
            error_count=sweep.faults,
            first_errors=[SweepFault(**fault) for fault in sweep.first_faults[:_SHOWN_FAULTS]],
        )


def _asked(version: Any) -> AskedVersion:  # noqa: ANN401 - stored JSON
    members = {key: value for key, value in version.items() if key != "updated"}
    return AskedVersion(last_updated_at=version["updated"], **members)


class SweepPage(WireAnswer):
    """A page of sweeps."""

    value: list[SweepAnswer]
    next_link: str | None = None


class SweepHit(WireAnswer):
    """One thing that a row hits; `row` counts from 0 over the whole source, `line` from 1 in its file."""

    row: int
    file: str
    line: int
    id: str | None = None
    kind: str
    name: str
    label: str | None = None
    severity: int | None = None
    probability: float | None = None
    item: str | None = None
    why: str | None = None
    start: int | None = None
    end: int | None = None
    text: str | None = None


class SweepHitPage(WireAnswer):
    """A page of hits."""

    value: list[SweepHit]
    next_link: str | None = None
