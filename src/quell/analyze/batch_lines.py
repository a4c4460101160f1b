"""The two forms of a batch: a JSON object, or JSON Lines with options in the first line or the query."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import Headers

from quell.analyze.batch_schemas import BATCH_TEXTS, AnalyzeBatch, BatchItem, BatchOptions, BatchRow
from quell.errors import InvalidRequestBody
from quell.http.json import decode
from quell.http.media_type import JSON_LINES, media_type
from quell.http.validation import faults

M = TypeVar("M", bound=BaseModel)

QUERY_LISTS = {
    "categories": "categories",
    "blocklistnames": "blocklistNames",
    "incidentnames": "incidentNames",
}
QUERY_FLAGS = {"haltonblocklisthit": "haltOnBlocklistHit", "haltonincidenthit": "haltOnIncidentHit"}
_OF_INCIDENTS = ("incidentNames", "haltOnIncidentHit")
_FLAGS = {"true": True, "false": False}

# Without blank lines: a body can be millions of them.
_LINE = re.compile(rb"[^\r\n]+")
_TEXTS = {"texts", "items"}


@dataclass(frozen=True, slots=True)
class Batch:
    """The texts of a request in its order, and what is asked of each."""

    options: BatchOptions
    rows: Sequence[BatchRow]


def read_batch(body: bytes, headers: Headers, query: Iterable[tuple[str, str]]) -> Batch:
    """Read a request; a body of JSON Lines says so in its content type.

    What is wrong with the options refuses the request, what is wrong with one text only that text.
    """
    asked = _query_options(query)
    return _lines(body, asked) if media_type(headers) == JSON_LINES else _object(body, asked)


def _object(body: bytes, asked: dict[str, object]) -> Batch:
    value = decode(body)
    sent = _validated(AnalyzeBatch, value, ("body",))
    if (sent.texts is None) == (sent.items is None):
        raise InvalidRequestBody("The request must have either 'texts' or 'items'.", target="texts")
    options: BatchOptions = sent
    if asked:
        _check_one_place(bool(sent.model_fields_set - _TEXTS))
        options = _validated(BatchOptions, asked, ("query",))
    if sent.texts is not None:
        rows = [
            _row(n, {"text": text}, ("texts", n), text_is_place=True) for n, text in enumerate(sent.texts)
        ]
    else:
        rows = [_row(n, item, ("items", n)) for n, item in enumerate(sent.items or ())]
    return Batch(options, _counted(rows))


def _lines(body: bytes, asked: dict[str, object]) -> Batch:
    lines = (line for line in (found.group() for found in _LINE.finditer(body)) if line.strip())
    options, source = asked, "query"
    rows: list[BatchRow] = []
    for number, line in enumerate(lines):
        value = _decoded(line)
        if number == 0 and isinstance(value, dict) and [name.lower() for name in value] == ["options"]:
            _check_one_place(bool(asked))
            (given,) = value.values()
            options, source = given, "body"
        elif len(rows) == BATCH_TEXTS:
            raise InvalidRequestBody(f"A batch has at most {BATCH_TEXTS:,} texts.")
        else:
            rows.append(_row(len(rows), value, ()))
    place = ("query",) if source == "query" else ("body", "options")
    return Batch(_validated(BatchOptions, options, place), _counted(rows))


def _decoded(line: bytes) -> object:
    """Return the value of a line, or the refusal that stands for it."""
    try:
        return decode(line)
    except InvalidRequestBody as error:
        return error


def _row(
    position: int, value: object, place: tuple[str | int, ...], *, text_is_place: bool = False
) -> BatchRow:
    if isinstance(value, InvalidRequestBody):
        return BatchRow(position, fault=value)
    try:
        item = BatchItem.model_validate(value)
    except ValidationError as error:
        findings = [
            {**found, "loc": ("body", *place, *(() if text_is_place else found["loc"]))}
            for found in error.errors()
        ]
        return BatchRow(position, _sound_id(value), fault=faults(findings)[0])
    return BatchRow(position, item.id, item.text)


def _sound_id(value: object) -> str | int | None:
    """Return the id of an item that is refused for something else."""
    names = {str(name).lower(): name for name in value} if isinstance(value, dict) else {}
    if "id" not in names or not isinstance(value, dict):
        return None
    try:
        return BatchItem.model_validate({"id": value[names["id"]], "text": "-"}).id
    except ValidationError:
        return None


def _counted(rows: list[BatchRow]) -> list[BatchRow]:
    if not rows:
        raise InvalidRequestBody("A batch has at least one text.", target="texts")
    return rows


def _query_options(query: Iterable[tuple[str, str]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in query:
        key = name.lower()
        if key in QUERY_LISTS:
            listed = found.setdefault(QUERY_LISTS[key], [])
            if isinstance(listed, list):
                listed += [part.strip() for part in value.split(",") if part.strip()]
        elif key in QUERY_FLAGS:
            found[QUERY_FLAGS[key]] = _FLAGS.get(value.lower(), value)
        elif key == "outputtype":
            found["outputType"] = value
    incidents = {name: found.pop(name) for name in _OF_INCIDENTS if name in found}
    return found | ({"incidents": incidents} if incidents else {})


def _check_one_place(twice: bool) -> None:
    if twice:
        raise InvalidRequestBody("The options stand in the query or in the body, not in both.")


def _validated(model: type[M], value: object, place: tuple[str, ...]) -> M:
    if isinstance(value, InvalidRequestBody):
        raise value
    try:
        return model.model_validate(value)
    except ValidationError as error:
        findings = [{**found, "loc": (*place, *found["loc"])} for found in error.errors()]
        raise RequestValidationError(findings) from None
