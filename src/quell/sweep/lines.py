"""JSON Lines and CSV, cut into records at known bytes, whatever is wrong with some of them."""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from quell.errors import InvalidRequestBody
from quell.http.json import decode
from quell.sweep.domain import LINE_BYTES, Columns, Item, Place, Shard

_BLOCK = 1024 * 1024
_BOM = b"\xef\xbb\xbf"
_TOO_LONG = f"it is longer than {LINE_BYTES:,} bytes"


@dataclass(frozen=True, slots=True)
class Record:
    """A record: the bytes and the lines (from 1) it lies on, and its line or its fields, or what is wrong."""

    start: int
    end: int
    line: int
    lines: int
    content: bytes = b""
    fields: tuple[str, ...] = ()
    fault: str | None = None


class FileBlocks:
    """A file as one stream of bytes, read a block at a time; the digest is of the blocks in their order."""

    def __init__(self, place: Place, name: str) -> None:
        self._place = place
        self._name = name
        self._offset = 0
        self._block = b""
        self._hashed = 0
        self._digest = hashlib.sha256()

    def line(self, start: int) -> tuple[bytes, int]:
        """Return the line that starts at a byte and the byte after it; of a long one only the beginning."""
        parts: list[bytes] = []
        kept, at = 0, start
        while True:
            block = self._at(at)
            if not block:
                return b"".join(parts), at
            cut = block.find(b"\n") + 1 or len(block)
            if kept <= LINE_BYTES:
                parts.append(bytes(block[:cut]))
                kept += cut
            at += cut
            if cut and block[cut - 1 : cut] == b"\n":
                return b"".join(parts), at

    def hexdigest(self) -> str:
        """Return the SHA-256 of all that was read, once everything was."""
        return self._digest.hexdigest()

    def _at(self, start: int) -> bytes:
        if not self._offset <= start < self._offset + len(self._block):
            # Only a record that is given up is read twice: back to the line after its first.
            self._offset, self._block = start, self._place.read(self._name, start, _BLOCK)
            new = self._offset + len(self._block) - self._hashed
            if new > 0:
                self._digest.update(self._block[-new:])
                self._hashed += new
        # One line at a time: the rest of a block is not copied for each.
        within = start - self._offset
        stop = self._block.find(b"\n", within) + 1 or len(self._block)
        return self._block[within:stop]


class Cutter(Protocol):
    """Cuts a file into records."""

    def __call__(self, blocks: FileBlocks, start: int, line: int) -> Iterator[Record]:
        """Yield the records from a byte on, which is the beginning of a line of this number."""


def json_records(blocks: FileBlocks, start: int, line: int) -> Iterator[Record]:
    """Cut JSON Lines: one record a line; blank lines are none."""
    at = start
    while True:
        content, end = blocks.line(at)
        if end == at:
            return
        if at == 0:
            content = content.removeprefix(_BOM)
        if end - at > LINE_BYTES:
            yield Record(at, end, line, 1, fault=_TOO_LONG)
        elif content.strip():
            yield Record(at, end, line, 1, content.rstrip(b"\r\n"))
        at, line = end, line + 1


def csv_records(blocks: FileBlocks, start: int, line: int) -> Iterator[Record]:
    """Cut CSV, whose fields may hold quoted commas, quotes and line ends; blank lines are no records.

    A quote that is never closed would swallow the rest of the file: such a record is a fault, and reading
    goes on with the line after its first.
    """
    csv.field_size_limit(LINE_BYTES)
    at = start
    while True:
        feed = _Feed(blocks, at)
        try:
            fields = next(csv.reader(feed), None)
        except csv.Error:
            fields = []
            feed.fault = feed.fault or "it is not CSV"
        if feed.lines == 0:
            return
        end, lines, fault = feed.at, feed.lines, feed.fault
        if fault is not None or (feed.ended and lines > 1):
            fault = fault or "it has a quote that is never closed"
            end, lines = feed.first_end, 1
        if fault is not None or fields:
            yield Record(at, end, line, lines, fields=tuple(fields or ()), fault=fault)
        at, line = end, line + lines


class _Feed:
    """Gives `csv.reader` the lines of one record, and counts them."""

    def __init__(self, blocks: FileBlocks, start: int) -> None:
        self.at = self.first_end = self._start = start
        self.lines = 0
        self.ended = False
        self.fault: str | None = None
        self._blocks = blocks

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        content, end = self._blocks.line(self.at)
        if end == self.at:
            self.ended = True
            raise StopIteration
        if self.at == 0:
            content = content.removeprefix(_BOM)
        self.at = end
        self.lines += 1
        if self.lines == 1:
            self.first_end = end
        if end - self._start > LINE_BYTES:
            self.fault = _TOO_LONG if self.lines == 1 else "it has a quote that is never closed"
            raise csv.Error
        return content.decode("utf-8", "surrogateescape")


CUTTERS: dict[str, Cutter] = {"jsonl": json_records, "csv": csv_records}


def read_header(place: Place, file: str, columns: Columns) -> tuple[Record, tuple[str, ...]]:
    """Return the first record of a CSV file and the names of its columns; raises InvalidRequestBody."""
    first = next(csv_records(FileBlocks(place, file), 0, 1), None)
    if first is None or first.fault is not None:
        raise InvalidRequestBody(f"'{file}' has no line with the names of its columns.", target="source")
    for name in (columns.text, *([columns.id] if columns.id_required else [])):
        if name not in first.fields:
            raise InvalidRequestBody(f"'{file}' has no column '{name}'.", target="source")
    return first, first.fields


def read_lines(place: Place, shard: Shard, columns: Columns) -> Iterator[Item]:
    """Yield the rows of a shard of JSON Lines or CSV."""
    records = CUTTERS[shard.format](FileBlocks(place, shard.file), shard.start, shard.line)
    read = _JsonRow(columns) if shard.format == "jsonl" else _CsvRow(columns, shard.header)
    for number, record in zip(range(shard.rows), records, strict=False):
        yield read.item(shard, shard.first + number, record)


class _JsonRow:
    def __init__(self, columns: Columns) -> None:
        self._columns = columns

    def item(self, shard: Shard, row: int, record: Record) -> Item:
        if record.fault is not None:
            return Item(row, shard.file, record.line, fault=f"The line cannot be read: {record.fault}.")
        try:
            value = decode(record.content)
        except InvalidRequestBody as error:
            return Item(row, shard.file, record.line, fault=_of_line(error.message))
        if not isinstance(value, dict):
            return Item(row, shard.file, record.line, fault="The line is not a JSON object.")
        name = id_text(value.get(self._columns.id))
        text = value.get(self._columns.text)
        if not isinstance(text, str):
            fault = f"The line has no text in '{self._columns.text}'."
            return Item(row, shard.file, record.line, name, fault=fault)
        return Item(row, shard.file, record.line, name, text)


def _of_line(message: str) -> str:
    """Return what is wrong with a request's JSON as it is said of one line."""
    return message.replace("The request body", "The line").replace(" at line 1, column", " at column")


class _CsvRow:
    def __init__(self, columns: Columns, header: tuple[str, ...]) -> None:
        self._columns = columns
        self._header = header
        self._text = header.index(columns.text)
        self._id = header.index(columns.id) if columns.id in header else None

    def item(self, shard: Shard, row: int, record: Record) -> Item:
        where = (row, shard.file, record.line)
        if record.fault is not None:
            return Item(*where, fault=f"The record cannot be read: {record.fault}.")
        if len(record.fields) != len(self._header):
            fault = f"The record has {len(record.fields)} fields, the file has {len(self._header)} columns."
            return Item(*where, fault=fault)
        name = None if self._id is None else id_text(record.fields[self._id])
        text = record.fields[self._text]
        try:
            text.encode()
        except UnicodeEncodeError:
            return Item(*where, name, fault="The record is not UTF-8.")
        return Item(*where, name, text)


def id_text(value: object) -> str | None:
    """Return what a row calls itself as a text of at most 256 code points; None where it does not."""
    if value is None or value == "" or isinstance(value, dict | list):
        return None
    return str(value).encode("utf-8", "replace").decode()[:256]
