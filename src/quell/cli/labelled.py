"""Texts with labels, from JSON Lines or CSV."""

import csv
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from quell.errors import InvalidRequestBody
from quell.harms import CATEGORIES
from quell.harms.domain import TOP

_CATEGORIES = {name.lower(): name for name in CATEGORIES}
_LANGUAGES = ("lang", "language")
_UNKNOWN = (None, "")


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A text with a severity or a flag for each category, None where unknown."""

    text: str
    language: str
    labels: Mapping[str, int | None]


def read_labelled(path: Path) -> Iterator[LabelledText]:
    """Read a file; CSV by its ending, everything else, and `-` for stdin, as JSON Lines."""
    try:
        if str(path) == "-":
            yield from _labelled(_json_lines(sys.stdin))
            return
        with path.open(encoding="utf-8-sig", newline="") as source:
            rows = _csv(source) if path.suffix.lower() == ".csv" else _json_lines(source)
            yield from _labelled(rows)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InvalidRequestBody(f"{path} cannot be read: {reason}.") from None


def _labelled(rows: Iterator[tuple[int, Mapping[str, object]]]) -> Iterator[LabelledText]:
    for number, row in rows:
        members = {str(name).lower().replace("_", ""): value for name, value in row.items()}
        text = members.get("text")
        if not isinstance(text, str):
            raise InvalidRequestBody(f"Line {number} has no 'text'.")
        language = next((str(members[name]) for name in _LANGUAGES if members.get(name)), "")
        labels = {
            category: _label(members.get(name), number, category) for name, category in _CATEGORIES.items()
        }
        yield LabelledText(text, language, labels)


def _label(value: object, number: int, category: str) -> int | None:
    if value in _UNKNOWN:
        return None
    try:
        label = float(value)  # type: ignore[arg-type]  # what cannot be a number raises
        if label.is_integer() and 0 <= label <= TOP:
            return int(label)
    except (TypeError, ValueError):
        pass
    raise InvalidRequestBody(f"Line {number}: the label of {category} must be 0 to {TOP}, or nothing.")


def _json_lines(source: TextIO) -> Iterator[tuple[int, Mapping[str, object]]]:
    for number, line in enumerate(source, start=1):
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError:
                row = None
            if not isinstance(row, dict):
                raise InvalidRequestBody(f"Line {number} is not a JSON object.")
            yield number, row


def _csv(source: TextIO) -> Iterator[tuple[int, Mapping[str, object]]]:
    reader = csv.DictReader(source)
    try:
        for row in reader:
            yield reader.line_num, {name: value for name, value in row.items() if name is not None}
    except csv.Error:
        raise InvalidRequestBody(f"Line {reader.line_num} is not CSV.") from None
