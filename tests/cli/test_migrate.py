"""`quell migrate`: the schema, and moving from one database to another."""

from collections.abc import Callable

import pytest

from quell.database import migrate as schema
from quell.database.postgres import PostgresDatabase
from tests.cli.conftest import CommandLine
from tests.databases import schema_url

Maker = Callable[..., CommandLine]


def test_a_folder_is_moved_into_a_server_and_back(with_incident: Maker) -> None:
    """What was moved is listed by table, and the incident is found there; the way back ends with the same."""
    line, url = with_incident("cards", "cheap gift cards here"), schema_url()
    there = line.rows("migrate", "--from", f"sqlite:{line.folder}", "--to", url, "--json")[0]

    again = line.folder.with_name("again")
    back = line.rows("migrate", "--from", url, "--to", f"sqlite:{again}", "--json")[0]

    assert {row["table"]: row["rows"] for row in there["tables"]}["incident_sample"] == 1
    assert back["tables"] == there["tables"]
    assert "cards" in line.out("incidents", "list", "--data", str(again))


def test_the_database_of_the_settings_is_where_it_goes(
    with_incident: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address with a password need not stand in the list of processes."""
    line = with_incident("cards")
    monkeypatch.setenv("QUELL_DATABASE", schema_url())

    table = line.out("migrate", "--from", f"sqlite:{line.folder}")

    assert [row.split("\t")[1] for row in table.splitlines() if row.startswith("incident\t")] == ["1"]
    assert "cards" in line.out("incidents", "list")


def test_a_second_move_into_the_same_place_is_refused(with_incident: Maker) -> None:
    """What has rows is not written to."""
    line, url = with_incident("cards"), schema_url()
    line.out("migrate", "--from", f"sqlite:{line.folder}", "--to", url)

    result = line.run("migrate", "--from", f"sqlite:{line.folder}", "--to", url)

    assert (result.exit_code, "not empty" in result.stderr) == (1, True)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--to", "sqlite:other"), "--to needs --from"),
        (("--from", "sqlite:other"), "--from needs --to"),
        (("--from", "sqlite:other", "--to", "sqlite:./other"), "the same database"),
        (("--from", "mysql://here", "--to", "sqlite:other"), "begins with sqlite: or postgresql://"),
        (("--from", "sqlite:absent", "--to", "sqlite:other"), "There is no database at"),
    ],
)
def test_what_cannot_be_moved_is_told_in_one_sentence(
    line: CommandLine, words: tuple[str, ...], sentence: str
) -> None:
    """Nothing is made, and the exit code is not 0."""
    result = line.run("migrate", *words)

    assert (result.exit_code > 0, len(result.stderr.splitlines())) == (True, 1)
    assert sentence in result.stderr


def test_without_from_the_schema_is_brought_up_to_date(line: CommandLine) -> None:
    """The version is told; nothing waits where no step takes something away."""
    row = line.rows("migrate", "--json")[0]

    assert row == {"schemaVersion": schema.shipped()[-1].version, "waiting": []}


def test_a_step_that_takes_away_waits_for_its_own_word(
    line: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is named, and run with `--stage post`."""
    newest = schema.shipped()[-1].version
    tidy = schema.Migration(newest + 1, f"{newest + 1:04}_tidy.post.sql", "drop table monitor_hour;")
    steps = [*schema.shipped(), tidy]
    monkeypatch.setattr(schema, "shipped", lambda: steps)

    before = line.rows("migrate", "--json")[0]
    after = line.rows("migrate", "--stage", "post", "--json")[0]

    assert before == {"schemaVersion": newest, "waiting": [tidy.name]}
    assert after == {"schemaVersion": newest + 1, "waiting": []}


def test_older_processes_keep_what_they_need(line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one is connected the post steps are refused, unless the operator insists."""
    url, newest = schema_url(), schema.shipped()[-1].version
    monkeypatch.setenv("QUELL_DATABASE", url)
    line.out("migrate")
    older = PostgresDatabase(url, known=newest - 1)
    refused = line.run("migrate", "--stage", "post")
    forced = line.run("migrate", "--stage", "post", "--force")
    older.close()

    assert (refused.exit_code, "older version" in refused.stderr) == (1, True)
    assert forced.exit_code == 0


def test_the_doctor_knows_the_schema_of_a_server(line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first start none, then its version."""
    monkeypatch.setenv("QUELL_DATABASE", schema_url())

    before = line.run("doctor").stdout
    line.out("migrate")
    after = line.run("doctor").stdout

    assert "PostgreSQL 18" in before
    assert "schema version 0, brought to" in before
    assert f"schema version {schema.shipped()[-1].version}." in after
