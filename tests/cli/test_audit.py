"""`quell audit`, and what the command line leaves in the log."""

import getpass
import json

import pytest

from quell.cli import app as root
from quell.cli.acting import READING
from tests.cli.conftest import CommandLine


def logged(line: CommandLine) -> list[dict[str, str]]:
    """Return the log, the oldest entry first."""
    return [json.loads(row) for row in line.out("audit", "--format", "jsonl").splitlines()]


def test_what_the_command_line_changes_is_logged_under_the_account(line: CommandLine) -> None:
    """With the command and the name; reading commands leave nothing."""
    line.out("incidents", "create", "ticket-scam")
    line.out("incidents", "add", "ticket-scam", "front row seats")
    line.out("incidents", "list")
    line.out("keys", "add", "frontend")
    line.out("keys", "remove", "frontend")

    found = logged(line)
    assert {row["actor"] for row in found} == {f"cli:{getpass.getuser()}"}
    assert [(row["operation"], row["resource"]) for row in found] == [
        ("quell.incidents.create", "incidents/ticket-scam"),
        ("quell.incidents.add", "incidents/ticket-scam"),
        ("quell.keys.add", "keys/frontend"),
        ("quell.keys.remove", "keys/frontend"),
    ]
    assert "front row" not in str(found)


def test_the_table_has_the_newest_first_and_heeds_its_options(line: CommandLine) -> None:
    """A span, an actor, and how many."""
    for name in ("a", "b", "c"):
        line.out("keys", "add", name)

    assert [row.split("\t")[3] for row in line.out("audit", "--newest", "2").splitlines()] == [
        "keys/c",
        "keys/b",
    ]
    assert line.out("audit", "--since", "2030-01-01") == ""
    assert len(line.out("audit", "--since", "1h").splitlines()) == 3
    assert line.out("audit", "--until", "1h") == ""
    assert line.out("audit", "--actor", "nobody") == ""
    assert line.out("audit", "--format", "csv").splitlines()[0].startswith("id,time,actor,operation")


def test_what_is_no_moment_is_refused(line: CommandLine) -> None:
    """With the forms that there are."""
    result = line.run("audit", "--since", "yesterday")

    assert (result.exit_code, "36h" in result.output) == (2, True)


def test_an_account_cannot_forge_a_line(line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever LOGNAME says, the entry is one plain word."""
    monkeypatch.setenv("LOGNAME", 'root\n{"forged": 1},=cmd')
    line.out("keys", "add", "frontend")

    (row,) = logged(line)
    assert row["actor"] == "cli:root???forged?:?1???cmd"


def test_no_command_that_is_called_reading_is_gone() -> None:
    """The list of commands that are not logged names commands that there are."""
    import typer  # noqa: PLC0415 - only here

    waiting, names = [typer.main.get_command(root)], set()
    while waiting:
        inside = getattr(waiting.pop(), "commands", {})
        names |= set(inside)
        waiting += inside.values()

    assert READING - names <= {"review", "migrate"}
