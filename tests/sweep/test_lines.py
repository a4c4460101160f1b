"""JSON Lines and CSV in records: where they lie, and what a broken one costs."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quell.sweep.domain import LINE_BYTES, Columns, Shard
from quell.sweep.lines import FileBlocks, Record, csv_records, json_records, read_lines
from quell.sweep.places import FolderPlace

FIELDS = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=12)


class Memory:
    """A place of one file in memory, read in small blocks so that their edges are met."""

    def __init__(self, content: bytes, block: int = 7) -> None:
        self._content = content
        self._block = block

    def files(self) -> Iterator[object]:
        """Yield nothing: only reading is asked for."""
        return iter(())

    def read(self, name: str, start: int, length: int) -> bytes:
        """Return less than was asked for."""
        del name
        return self._content[start : start + min(length, self._block)]

    def size(self, name: str) -> int:
        """Return all bytes."""
        del name
        return len(self._content)

    def close(self) -> None:
        """Give nothing back."""


def records(content: bytes, cut: object = csv_records) -> list[Record]:
    """Cut a whole file."""
    return list(cut(FileBlocks(Memory(content), "f"), 0, 1))  # type: ignore[operator, arg-type]  # a cutter; a place


@settings(deadline=None)
@given(st.lists(st.lists(FIELDS, min_size=2, max_size=3), max_size=8))
def test_csv_is_cut_as_the_standard_library_reads_it(rows: list[list[str]]) -> None:
    """Fields with quotes, commas and line ends included; and the records lie end to end."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    content = out.getvalue().encode()

    found = records(content)

    assert [list(one.fields) for one in found] == rows
    assert b"".join(content[one.start : one.end] for one in found) == content


def test_a_quote_that_is_never_closed_costs_one_record() -> None:
    """Reading goes on with the next line, as it does for whoever starts in the middle."""
    content = b'a,b\n1,"open\n2,two\n3,three\n'

    found = records(content)

    assert [(one.line, one.fields) for one in found if one.fault is None] == [
        (1, ("a", "b")),
        (3, ("2", "two")),
        (4, ("3", "three")),
    ]
    assert [one.fault for one in found if one.fault] == ["it has a quote that is never closed"]


@pytest.mark.parametrize("cut", [csv_records, json_records])
def test_a_line_that_is_too_long_is_a_fault_and_is_not_kept(cut: object, tmp_path: Path) -> None:
    """The next line is read as ever."""
    path = tmp_path / "f"
    path.write_bytes(b"x" * (3 * LINE_BYTES) + b"\nnext\n")

    found = list(cut(FileBlocks(FolderPlace(path), "f"), 0, 1))  # type: ignore[operator]  # a cutter

    assert [(one.line, one.fault) for one in found] == [
        (1, f"it is longer than {LINE_BYTES:,} bytes"),
        (2, None),
    ]
    assert len(found[0].content) == 0


def test_blank_lines_are_no_records_but_count_as_lines() -> None:
    """So that an error names the line that an editor shows."""
    found = records(b'\xef\xbb\xbf{"a":1}\n\n  \n{"a":2}', json_records)

    assert [(one.line, one.content.strip()) for one in found] == [(1, b'{"a":1}'), (4, b'{"a":2}')]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"{", "not valid JSON"),
        (b'{"text": 5}', "has no text in 'text'"),
        (b"[]", "is not a JSON object"),
        (b'{"text": "\\ud800"}', "half of a surrogate pair"),
        (b'{"text": "a", "text": "b"}', "is given twice"),
        (b'{"text": "\xff"}', "is not JSON in UTF-8"),
    ],
)
def test_a_bad_line_says_why(line: bytes, fault: str) -> None:
    """And the words speak of a line, not of a request."""
    shard = Shard(0, "jsonl", "f", 0, 1, length=len(line))

    (item,) = read_lines(Memory(line), shard, Columns())  # type: ignore[arg-type]  # a place

    assert fault in (item.fault or "")
    assert "request" not in (item.fault or "")


def test_a_csv_record_with_another_number_of_fields_is_a_fault() -> None:
    """Or with bytes that are not UTF-8."""
    content = b"id,text\n1,one,more\n2,\xff\n3,three\n"
    shard = Shard(0, "csv", "f", 0, 3, line=2, start=8, header=("id", "text"))

    found = list(read_lines(Memory(content), shard, Columns()))  # type: ignore[arg-type]  # a place

    assert [(one.line, one.id, one.text) for one in found] == [
        (2, None, None),
        (3, "2", None),
        (4, "3", "three"),
    ]
    assert [one.fault for one in found] == [
        "The record has 3 fields, the file has 2 columns.",
        "The record is not UTF-8.",
        None,
    ]
