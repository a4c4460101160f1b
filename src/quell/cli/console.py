"""What all commands share: how they refuse, how they read lines, how they print."""

import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import typer
from typer.core import TyperGroup

from quell.errors import QuellError, SettingsRefused

if TYPE_CHECKING:
    from pydantic import BaseModel

M = TypeVar("M", bound="BaseModel")
_ORDER_MARK = "\ufeff"
"""Some editors begin a file of UTF-8 with it."""


class Commands(TyperGroup):
    """Turns a refusal of the catalogue into one sentence: exit code 2 for bad settings, 1 for the rest."""

    def invoke(self, ctx: Any) -> object:  # noqa: ANN401 - click's class or typer's own, by its release
        """Run a command."""
        try:
            return super().invoke(ctx)
        except QuellError as error:
            typer.echo(f"quell: {error.message}", err=True)
            raise typer.Exit(2 if isinstance(error, SettingsRefused) else 1) from None


def checked(model: type[M], members: Mapping[str, object]) -> M:
    """Return a wire model of these members, or refuse exactly as the API would."""
    from pydantic import ValidationError

    from quell.http.validation import faults

    try:
        return model.model_validate(dict(members))
    except ValidationError as error:
        findings = [{**found, "loc": ("body", *found["loc"])} for found in error.errors()]
        raise faults(findings)[0] from None


def print_json(value: object) -> None:
    """Print a value or a wire model as one line of JSON."""
    if hasattr(value, "model_dump"):
        value = value.model_dump(by_alias=True, exclude_none=True)
    try:
        sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    except UnicodeEncodeError:  # half a surrogate pair in a refused text, or a narrow terminal
        sys.stdout.write(json.dumps(value) + "\n")


def print_table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows in columns: in a pipe with tabs between, so that `cut` and `awk` can read them."""
    texts = [[str(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        sys.stdout.writelines("\t".join(row) + "\n" for row in texts)
        return
    widths = [max(map(len, column)) for column in zip(headings, *texts, strict=True)]
    for row in [list(headings), *texts]:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        sys.stdout.write(line.rstrip() + "\n")


def read_rows(source: TextIO) -> Iterator[dict[str, object]]:
    """Read texts, one a line, or JSON Lines with a member `text`; blank lines are left out."""
    for number, read in enumerate(source):
        line = read if number else read.removeprefix(_ORDER_MARK)
        stripped = line.strip()
        if stripped:
            yield _json_row(stripped) or {"text": line.rstrip("\r\n")}


def read_file(path: Path) -> list[str]:
    """Return the texts of a file, `-` for what is piped in."""
    try:
        if str(path) == "-":
            return [str(row["text"]) for row in read_rows(sys.stdin)]
        with path.open(encoding="utf-8") as source:
            return [str(row["text"]) for row in read_rows(source)]
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise typer.BadParameter(f"{path} cannot be read: {reason}.") from None


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole: what stood there before stays if the disk is full, and so do its permissions."""
    target = path.resolve()
    draft = target.with_name(f".quell-{os.getpid()}.part")
    try:
        # What is no file, a pipe or /dev/stdout, is written to as it is.
        if path.exists() and not path.is_file():
            path.write_bytes(content)
            return
        # Closed until it has the permissions of what it replaces: that may hold what others must not read.
        draft.touch(0o600 if target.exists() else 0o666)
        draft.write_bytes(content)
        if target.exists():
            shutil.copymode(target, draft)
        draft.replace(target)
    except OSError as error:
        if draft.is_file():
            draft.unlink(missing_ok=True)
        raise typer.BadParameter(f"{path} cannot be written: {error.strerror}.") from None


def _json_row(line: str) -> dict[str, object] | None:
    if not line.startswith("{"):
        return None
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) and isinstance(row.get("text"), str) else None
