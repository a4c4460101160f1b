"""Files of texts to review: a bad line is told in its own answer and ends nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import ConfigDict, Field, ValidationError
from starlette.datastructures import Headers

from quell.errors import InternalError, InvalidRequestBody, QuellError
from quell.http.errors import unexpected
from quell.http.json import decode
from quell.http.media_type import JSON_LINES, media_type
from quell.http.validation import faults
from quell.http.wire import WireModel
from quell.reviewers.desk import Seated
from quell.reviewers.domain import Example, Label, written
from quell.reviewers.examples import ExampleLine, read_examples
from quell.reviewers.own_schemas import OWN_REVIEW_LENGTH, ReviewLine, examples_of
from quell.witness import NOBODY, Witness

BATCH_TEXTS = 10_000
"""Texts to review in one request at most."""

COMPARED_TEXTS = 2_000
"""Texts of a comparison at most."""

M = TypeVar("M", bound=WireModel)


class _Line(WireModel):
    model_config = ConfigDict(extra="ignore")

    text: Annotated[str, Field(min_length=1, max_length=OWN_REVIEW_LENGTH)]


@dataclass(frozen=True, slots=True)
class TestRow:
    """A line of a file, from 1; `fault` says why it has no text."""

    __test__ = False  # no test class, although it begins like one

    line: int
    text: str = ""
    fault: str | None = None


class ReviewTexts(WireModel):
    """Texts to review, in place of a file."""

    texts: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=OWN_REVIEW_LENGTH)]],
        Field(min_length=1, max_length=BATCH_TEXTS),
    ]


class LabelledTexts(WireModel):
    """Texts with their labels, in place of a file."""

    examples: Annotated[list[ExampleLine], Field(min_length=1, max_length=COMPARED_TEXTS)]


def read_review(body: bytes, headers: Headers) -> list[TestRow]:
    """Return the texts of a request: a JSON object, or JSON Lines if its content type says so."""
    if media_type(headers) == JSON_LINES:
        return read_rows(body)
    sent = _validated(ReviewTexts, body)
    return [TestRow(number, text) for number, text in enumerate(sent.texts, start=1)]


def read_labelled(body: bytes, headers: Headers, labels: Sequence[Label]) -> Sequence[Example]:
    """Return the labelled texts of a request: a JSON object, or JSON Lines if its content type says so."""
    if media_type(headers) == JSON_LINES:
        return read_examples(body, labels)
    return examples_of(_validated(LabelledTexts, body).examples, labels)


def read_rows(body: bytes) -> list[TestRow]:
    """Return the lines of a file that are not blank; each has a member `text`, others are ignored."""
    lines = [(number, line) for number, line in enumerate(body.split(b"\n"), start=1) if line.strip()]
    if not lines:
        raise InvalidRequestBody("The file has no lines.")
    if len(lines) > BATCH_TEXTS:
        raise InvalidRequestBody(f"A file has at most {BATCH_TEXTS:,} lines.")
    return [_row(number, line) for number, line in lines]


def reviewed(seated: Seated, witness: Witness = NOBODY) -> Callable[[TestRow], bytes]:
    """Return the function that reviews a line and renders the answer; `witness` is told of the labels."""

    def answer(row: TestRow) -> bytes:
        line = _review(seated, row)
        if line.label_name:
            witness.review(seated.version.reviewer, line.label_name)
        return line.model_dump_json(by_alias=True).encode() + b"\n"

    return answer


def _validated(model: type[M], body: bytes) -> M:
    try:
        return model.model_validate(decode(body))
    except ValidationError as error:
        findings = [{**found, "loc": ("body", *found["loc"])} for found in error.errors()]
        raise RequestValidationError(findings) from None


def _review(seated: Seated, row: TestRow) -> ReviewLine:
    if row.fault is not None:
        return ReviewLine(line=row.line, error=row.fault)
    try:
        review = seated.review(row.text)
    except QuellError as error:
        return ReviewLine(line=row.line, error=error.message)
    except Exception as error:  # noqa: BLE001 - one text must not end the file, whatever is wrong with it
        unexpected(error)
        return ReviewLine(line=row.line, error=InternalError().message)
    return ReviewLine(
        line=row.line,
        label_name=review.label,
        reasoning=review.reasoning,
        confidence=written(review.confidence),
    )


def _row(number: int, line: bytes) -> TestRow:
    try:
        value = decode(line)
        members = (
            {str(name).lower(): member for name, member in value.items()} if isinstance(value, dict) else {}
        )
        return TestRow(
            number, _Line.model_validate({"text": members["text"]} if "text" in members else {}).text
        )
    except InvalidRequestBody as error:
        return TestRow(number, fault=error.message.replace("The request body", "The line", 1))
    except ValidationError as error:
        findings = [{**found, "loc": ("body", *found["loc"])} for found in error.errors()]
        return TestRow(number, fault=faults(findings)[0].message)
