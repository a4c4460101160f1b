"""The wire shapes of text:batch: the options and the texts of a request, the lines of the answer."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from quell.analyze.domain import Category, OutputType, TextQuestion, TextVerdict
from quell.analyze.schemas import (
    TEXT_LENGTH,
    BlocklistMatch,
    IncidentHit,
    IncidentOptions,
    SeverityAnswer,
    TextAnalysisAnswer,
    asked_categories,
)
from quell.errors import QuellError
from quell.http.wire import WireAnswer, WireModel, ignoring_case

BATCH_TEXTS = 10_000
"""Texts of a batch at most."""

ID_LENGTH = 256
"""Code points of a text's id at most."""

ItemId = str | int


def _checked_id(value: object) -> ItemId | None:
    sound = isinstance(value, str) and len(value) <= ID_LENGTH
    if sound or value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value  # type: ignore[return-value]  # `sound` says that it is a string
    sentence = f"must be a string of at most {ID_LENGTH} characters, or an integer."
    raise PydanticCustomError("must", "{sentence}", {"sentence": sentence})


class BatchItem(WireModel):
    """One text, and what the client calls it."""

    id: Annotated[ItemId | None, BeforeValidator(_checked_id)] = None
    text: Annotated[str, Field(min_length=1, max_length=TEXT_LENGTH)]


class BatchOptions(WireModel):
    """What is asked of every text, in the words of text:analyze."""

    categories: list[Annotated[Category, ignoring_case(Category)]] = Field(default_factory=list)
    blocklist_names: list[str] = Field(default_factory=list)
    halt_on_blocklist_hit: bool = False
    output_type: Annotated[OutputType, ignoring_case(OutputType)] = OutputType.FOUR
    incidents: IncidentOptions | None = None

    def question(self, text: str) -> TextQuestion:
        """Return what is asked of one text."""
        return TextQuestion(
            text=text,
            categories=asked_categories(self.categories),
            output=self.output_type,
            blocklists=tuple(self.blocklist_names),
            halt_on_blocklist_hit=self.halt_on_blocklist_hit,
            incidents=self.incidents.question() if self.incidents else None,
        )


def _list_of(schema: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"type": "array", "maxItems": BATCH_TEXTS, "items": schema})


class AnalyzeBatch(BatchOptions):
    """Texts, or items with ids, and what is asked of them.

    The single texts are checked one by one, so that a bad one does not end the batch.
    """

    texts: Annotated[
        list[Any] | None,
        Field(max_length=BATCH_TEXTS),
        _list_of({"type": "string", "minLength": 1, "maxLength": TEXT_LENGTH}),
    ] = None
    items: Annotated[
        list[Any] | None, Field(max_length=BATCH_TEXTS), _list_of(BatchItem.model_json_schema())
    ] = None


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One text of a batch by its place in the request, from 0; `fault` says why it has no text."""

    position: int
    id: ItemId | None = None
    text: str = ""
    fault: QuellError | None = None


class LineError(WireAnswer):
    """Why one text was refused."""

    code: str
    message: str
    target: str | None = None


class BatchLine(WireAnswer):
    """The answer for one text: the members of text:analyze, or an error."""

    position: int
    id: ItemId | None = None
    blocklists_match: list[BlocklistMatch] | None = None
    categories_analysis: list[SeverityAnswer] | None = None
    incident_matches: list[IncidentHit] | None = None
    error: LineError | None = None

    @classmethod
    def of(cls, row: BatchRow, verdict: TextVerdict) -> "BatchLine":
        """Render a verdict."""
        members = dict(TextAnalysisAnswer.of(verdict))
        return cls(position=row.position, id=row.id, **members)

    @classmethod
    def refusing(cls, row: BatchRow, error: QuellError) -> "BatchLine":
        """Render a refusal."""
        told = LineError(code=error.code, message=error.message, target=error.target)
        return cls(position=row.position, id=row.id, error=told)
