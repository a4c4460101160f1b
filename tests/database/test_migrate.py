"""Bringing the schema up to date."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from quell.database.migrate import Migration, migrate, shipped
from quell.database.sqlite import SqliteDatabase
from quell.errors import DatabaseUnusable, QuellError

FIRST = Migration(1, "0001_first.sql", "create table note (body text);")
SECOND = Migration(
    2, "0002_second.sql", "alter table note add column place text;\ncreate index by_place on note (place);"
)
BROKEN = Migration(3, "0003_broken.sql", "create table half (body text);\nselect nonsense;")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqliteDatabase]:
    """Return an empty database without a schema."""
    opened = SqliteDatabase(tmp_path / "quell.db", durability="normal")
    yield opened
    opened.close()


def schema(database: SqliteDatabase) -> list[str]:
    """Return the names of all tables and indexes."""
    with database.reading() as tx:
        rows = tx.fetch_all("select name from sqlite_master where name not like 'sqlite_%' order by name")
    return [row["name"] for row in rows]


def test_only_missing_steps_are_run(database: SqliteDatabase) -> None:
    """A database of an older version gets the new steps and keeps what it has."""
    migrate(database, [FIRST])
    with database.transaction() as tx:
        tx.execute("insert into note (body) values ('kept')")

    assert migrate(database, [FIRST, SECOND]) == 2
    with database.reading() as tx:
        assert tx.fetch_all("select body, place from note") == [{"body": "kept", "place": None}]


def test_a_step_that_fails_leaves_the_schema_as_it_was(database: SqliteDatabase) -> None:
    """All missing steps are run, or none: also the good ones before a bad one are undone."""
    migrate(database, [FIRST])
    before = schema(database)
    with pytest.raises(QuellError):
        migrate(database, [FIRST, SECOND, BROKEN])

    assert schema(database) == before
    assert migrate(database, [FIRST, SECOND]) == 2


def test_a_newer_database_is_refused(database: SqliteDatabase) -> None:
    """An older Quell does not touch what a newer one made, and says what to do."""
    migrate(database, [FIRST, SECOND])

    with pytest.raises(DatabaseUnusable, match="schema version 2, this version of Quell knows 1"):
        migrate(database, [FIRST])


def test_shipped_steps_are_numbered_without_gaps() -> None:
    """The files that ship count up from 1."""
    versions = [step.version for step in shipped()]

    assert versions == list(range(1, len(versions) + 1))
    assert versions
