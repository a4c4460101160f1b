"""The command line over a throw-away data folder and a tiny encoder."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import quell.app
from quell.cli import app
from quell.encoders.routing import EncoderSet
from quell.settings import Settings
from tests.doubles import TinyEncoder, TinyHarms, tiny_background
from tests.reviewers.bench import tiny_engine

KEY = "0123456789abcdef0123456789abcdef"


@dataclass
class CommandLine:
    """Runs commands as somebody at a terminal would."""

    folder: Path

    def run(self, *words: str, stdin: str | bytes | None = None) -> Result:
        """Run a command, whatever comes of it."""
        return CliRunner().invoke(app, list(words), input=stdin, prog_name="quell")

    def out(self, *words: str, stdin: str | bytes | None = None) -> str:
        """Run a command that must work; return what it printed."""
        result = self.run(*words, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result.stdout

    def rows(self, *words: str, stdin: str | bytes | None = None) -> list[Any]:
        """Run a command that must work; return the lines of JSON that it printed."""
        return [json.loads(line) for line in self.out(*words, stdin=stdin).splitlines()]


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CommandLine:
    """Return the command line with an empty data folder."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"QUELL_{name.upper()}", raising=False)
    monkeypatch.delenv("QUELL_CONFIG", raising=False)
    monkeypatch.setenv("QUELL_DATA", str(tmp_path / "folder"))
    monkeypatch.setenv("QUELL_DURABILITY", "normal")
    monkeypatch.setenv("QUELL_WORKERS", "2")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(quell.app, "load_encoders", lambda *_: EncoderSet(TinyEncoder()))
    monkeypatch.setattr(quell.app, "load_backgrounds", _tiny_backgrounds)
    monkeypatch.setattr(quell.app, "load_harms", TinyHarms)
    monkeypatch.setattr(quell.app, "load_reviewer_engine", tiny_engine)
    return CommandLine(tmp_path / "folder")


def _tiny_backgrounds(encoders: EncoderSet) -> dict[str, Any]:
    return {name: tiny_background(encoders[name]) for name in encoders.names}


@pytest.fixture
def with_incident(line: CommandLine) -> Callable[..., CommandLine]:
    """Return a maker of an incident with samples."""

    def make(name: str, *texts: str) -> CommandLine:
        line.out("incidents", "create", name)
        if texts:
            line.out("incidents", "add", name, *texts)
        return line

    return make
