"""Files of texts to review: a bad line is told in its own answer and ends nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from pydantic import ConfigDict, Field, ValidationError

from quell.errors import InternalError, InvalidRequestBody, QuellError
from quell.http.errors import unexpected
from quell.http.json import decode
from quell.http.validation import faults
from quell.http.wire import WireModel
from quell.reviewers.desk import Seated
from quell.reviewers.own_schemas import OWN_REVIEW_LENGTH, ReviewLine

BATCH_TEXTS = 10_000
"""Lines of a file at most."""


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


def read_rows(body: bytes) -> list[TestRow]:
    """Return the lines of a file that are not blank; each has a member `text`, others are ignored."""
    lines = [(number, line) for number, line in enumerate(body.split(b"\n"), start=1) if line.strip()]
    if not lines:
        raise InvalidRequestBody("The file has no lines.")
    if len(lines) > BATCH_TEXTS:
        raise InvalidRequestBody(f"A file has at most {BATCH_TEXTS:,} lines.")
    return [_row(number, line) for number, line in lines]


def reviewed(seated: Seated) -> Callable[[TestRow], bytes]:
    """Return the function that reviews a line and renders the answer."""

    def answer(row: TestRow) -> bytes:
        return _review(seated, row).model_dump_json(by_alias=True).encode() + b"\n"

    return answer


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
        confidence=round(review.confidence, 4),
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
