r"""The two forms of a list as a file: CSV with a line of names, and JSON Lines.

    text,isRegex,description            {"text":"acme knock-off","description":"counterfeit"}
    acme knock-off,false,counterfeit    {"text":"replica\\d{3}","isRegex":true}

A spreadsheet runs a cell that begins with = + - or @ as a formula. Export puts an apostrophe before such
a cell, and import takes it away again.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import Field, ValidationError

from quell.blocklists.domain import DESCRIPTION_LENGTH, ITEM_LENGTH, Item, ItemWrite
from quell.blocklists.items import checked_size
from quell.blocklists.schemas import kept_or
from quell.errors import InvalidRequestBody
from quell.http.json import decode, encode
from quell.http.validation import faults
from quell.http.wire import WireModel
from quell.values import KEEP

_COLUMNS = ("text", "isRegex", "description")
# With the full-width forms, which some spreadsheets read as the narrow ones. The apostrophe itself is
# marked, too, so that a file that was exported comes back as it was.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠'")
_TRUE, _FALSE = frozenset({"true", "1", "yes"}), frozenset({"false", "0", "no", ""})


class _Row(WireModel):
    """An item in a file."""

    text: Annotated[str, Field(min_length=1, max_length=ITEM_LENGTH)]
    is_regex: bool | None = None
    description: Annotated[str, Field(max_length=DESCRIPTION_LENGTH)] | None = None

    def write(self) -> ItemWrite:
        """Return the item to write; what the file says nothing about stays as it is."""
        return ItemWrite(
            self.text,
            None,
            KEEP if self.is_regex is None else self.is_regex,
            kept_or(self, "description", self.description),
        )


def write_csv(items: Iterable[Item]) -> Iterator[bytes]:
    """Yield a CSV file, line by line."""
    yield _csv_line(_COLUMNS)
    for item in items:
        yield _csv_line((_safe(item.text), str(item.is_regex).lower(), _safe(item.description or "")))


def write_json_lines(items: Iterable[Item]) -> Iterator[bytes]:
    """Yield a file of JSON Lines, line by line."""
    for item in items:
        row = {"text": item.text, "isRegex": item.is_regex, "description": item.description}
        yield encode(row) + b"\n"


def read_csv(body: bytes) -> Iterator[ItemWrite]:
    """Yield the items of a CSV file; without a line of names, each line is one term."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidRequestBody(f"The file is not UTF-8: byte {error.start} cannot be decoded.") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=_delimiter(text))
    columns: list[str] | None = None
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if columns is None:
                columns, is_head = _columns(cells)
                if is_head:
                    continue
            yield _item(_members(columns, cells, reader.line_num), reader.line_num)
    except csv.Error:
        raise InvalidRequestBody(
            f"Line {reader.line_num} is not CSV: a quotation mark or a cell does not end."
        ) from None


def read_json_lines(body: bytes) -> Iterator[ItemWrite]:
    """Yield the items of a file of JSON Lines."""
    for number, line in enumerate(body.split(b"\n"), start=1):
        if line.strip():
            try:
                value = decode(line)
            except InvalidRequestBody as error:
                raise InvalidRequestBody(f"Line {number}: {error.message}") from None
            yield _item(value, number)


def _delimiter(text: str) -> str:
    """Return what stands between the names of the columns: some spreadsheets write semicolons."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    split = {mark: [cell.strip().strip('"') for cell in first.split(mark)] for mark in ",;\t"}
    return next((mark for mark, cells in split.items() if _columns(cells)[1]), ",")


def _columns(first: list[str]) -> tuple[list[str], bool]:
    names = {name.lower(): name for name in _COLUMNS}
    head = [cell.strip().lower() for cell in first]
    if "text" not in head or not names.keys() >= set(head) or len(set(head)) < len(head):
        return [_COLUMNS[0]], False
    return [names[cell] for cell in head], True


def _members(columns: list[str], cells: list[str], line: int) -> dict[str, object]:
    if len(cells) > len(columns):
        raise InvalidRequestBody(
            f"Line {line} has {len(cells)} cells for {len(columns)} columns. "
            f"The first line may name the columns: {','.join(_COLUMNS)}; put a cell with a comma in quotes."
        )
    named = dict(zip(columns, map(_plain, cells), strict=False))
    members: dict[str, object] = {**named}
    if "isRegex" in named:
        answer = named["isRegex"].strip().lower()
        if answer not in _TRUE | _FALSE:
            raise InvalidRequestBody(f"Line {line}: the field 'isRegex' must be true or false.")
        members["isRegex"] = answer in _TRUE
    return members


def _item(value: object, line: int) -> ItemWrite:
    try:
        write = _Row.model_validate(value).write()
    except ValidationError as error:
        found = faults([{**finding, "loc": ("body", *finding["loc"])} for finding in error.errors()])[0]
        raise InvalidRequestBody(f"Line {line}: {found.message}", target=found.target) from None
    try:
        checked_size(write, "text")  # here, where the line is known
    except InvalidRequestBody as error:
        raise InvalidRequestBody(f"Line {line}: {error.message}", target=error.target) from None
    return write


def _csv_line(cells: Iterable[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue().encode()


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
