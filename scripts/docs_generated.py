"""The parts of the docs that are made from the source, so that they cannot lie."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import typer
from typer.testing import CliRunner

from quell import errors
from quell.cli import app
from quell.errors import QuellError
from quell.http.api_version import KNOWN
from quell.http.operations import Operation, OperationTable, load_operations
from quell.http.roles import roles_for
from quell.settings import Settings
from quell.values import ROLES

_SERVED = {
    "served": "yes",
    "missing": "no: 501 `NotImplemented`",
    "superseded": "no: replaced before release",
}


def settings() -> str:
    """Return the table of settings."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = "~/.local/share/quell" if name == "data" else field.get_default(call_default_factory=True)
        shown = str(default).lower() if isinstance(default, bool) else str(default)
        value = "none" if default in (None, "", (), {}) else f"`{shown}`"
        rows.append((f"`QUELL_{name.upper()}`", f"`{name}`", value, field.description or ""))
    return _table(("Variable", "TOML key", "Default", "Meaning"), rows)


def error_codes() -> str:
    """Return the table of the error catalogue."""
    rows = [
        (f"`{kind.code}`", str(kind.status), kind.layer, f"`{kind.__name__}`", kind().message)
        for kind in catalogue()
        if kind.layer != "startup"
    ]
    return _table(("Code", "Status", "Layer", "In the source", "Usual sentence"), rows)


def catalogue() -> list[type[QuellError]]:
    """Return every error of the catalogue, in the order of the file."""
    found = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    return [kind for kind in found if issubclass(kind, QuellError) and kind is not QuellError]


def routes() -> str:
    """Return the support matrix by route."""
    rows = [
        (
            f"`{row.method} {row.path}`",
            row.summary,
            _SERVED[row.state],
            f"`{next(role for role in ROLES if role in roles_for(row))}`",
            "Quell's own" if row.own else version_words(row),
        )
        for row in load_operations().rows
    ]
    return _table(("Route", "What it does", "Served", "Role", "Published in"), rows)


def versions() -> str:
    """Return the support matrix by api-version."""
    usual, strict = load_operations(), load_operations(strict=True)
    rows = [
        (f"`{version.name}`", *_counts(usual, version.name), *_counts(strict, version.name))
        for version in KNOWN
    ]
    return _table(("Api-version", "Served", "Missing", "Served, strict", "Missing, strict"), rows)


def commands() -> str:
    """Return the help of every command."""
    return "\n\n".join(
        f"### `{' '.join(('quell', *words))}`\n\n```text\n{help_of(words)}\n```" for words in command_words()
    )


def command_words() -> Iterator[tuple[str, ...]]:
    """Yield the words of every command below `quell`, and none for `quell` itself."""
    root = typer.main.get_command(app)
    waiting: list[tuple[tuple[str, ...], object]] = [((), root)]
    while waiting:
        words, command = waiting.pop(0)
        yield words
        inside = getattr(command, "commands", {})
        waiting += [((*words, name), child) for name, child in inside.items()]


def help_of(words: Sequence[str]) -> str:
    """Return what `--help` prints for a command, 80 columns wide."""
    result = CliRunner().invoke(app, [*words, "--help"], prog_name="quell", env={"COLUMNS": "80"})
    return "\n".join(line.rstrip() for line in result.output.strip().splitlines())


def version_words(operation: Operation) -> str:
    """Return the api-versions of an operation, runs of neighbours shortened to their ends."""
    parts = []
    for kind in ([v for v in KNOWN if v.stable], [v for v in KNOWN if not v.stable]):
        run: list[str] = []
        for name in [version.name for version in kind] + [""]:
            if name in operation.versions:
                run.append(name)
            elif run:
                parts += run if len(run) < 3 else [f"{run[0]} … {run[-1]}"]
                run = []
    return ", ".join(parts)


BLOCKS: dict[str, tuple[Path, Callable[[], str]]] = {
    "settings": (Path("docs/configuration.md"), settings),
    "errors": (Path("docs/api/errors.md"), error_codes),
    "routes": (Path("docs/support-matrix.md"), routes),
    "versions": (Path("docs/support-matrix.md"), versions),
    "commands": (Path("docs/command-line.md"), commands),
}
"""Each block: the page it stands in, and what makes it."""


def _counts(table: OperationTable, version: str) -> tuple[str, str]:
    there = [row for row in table.rows if not row.own and version in map(str, table.versions_of(row))]
    served = sum(row.state == "served" for row in there)
    return str(served), str(len(there) - served)


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
