"""The log as a file: JSON Lines, or CSV with a line of names. No cell can be a formula or break its line."""

import csv
import io
from collections.abc import Iterable, Iterator

from quell.audit.domain import Entry
from quell.http.json import encode
from quell.http.wire import wire_time

COLUMNS = ("id", "time", "actor", "operation", "resource", "status", "requestId")


def row_of(entry: Entry) -> dict[str, object]:
    """Return an entry by the names that it has on the wire."""
    values = (
        entry.seq,
        wire_time(entry.at),
        entry.actor,
        entry.operation,
        entry.resource,
        entry.status,
        entry.request_id,
    )
    return dict(zip(COLUMNS, values, strict=True))


def write_json_lines(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield a file of JSON Lines, line by line."""
    for entry in entries:
        yield encode(row_of(entry)) + b"\n"


def write_csv(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield a CSV file, line by line."""
    yield _line(COLUMNS)
    for entry in entries:
        yield _line(row_of(entry).values())


def _line(cells: Iterable[object]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().encode()
