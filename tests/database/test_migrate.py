"""Bringing the schema up to date."""

import re

import pytest

from quell.database.base import Database
from quell.database.migrate import Migration, due, migrate, shipped, versions
from quell.database.queries import statements
from quell.database.sqlite import SqliteDatabase
from quell.database.tables import tables_of
from quell.errors import DatabaseUnusable, QuellError

FIRST = Migration(1, "0001_first.sql", "create table note (id bigint primary key, body text);")
SECOND = Migration(
    2, "0002_second.sql", "alter table note add column place text;\ncreate index by_place on note (place);"
)
TIDY = Migration(3, "0003_tidy.post.sql", "drop index by_place;")
BROKEN = Migration(3, "0003_broken.sql", "create table half (id bigint primary key);\nselect nonsense;")


def schema(database: Database) -> list[str]:
    """Return the names of all tables."""
    with database.reading() as tx:
        return sorted(table.name for table in tables_of(tx, database.dialect))


def test_only_missing_steps_are_run(both: Database) -> None:
    """A database of an older version gets the new steps and keeps what it has."""
    migrate(both, [FIRST])
    with both.transaction() as tx:
        tx.execute("insert into note (id, body) values (1, 'kept')")

    assert migrate(both, [FIRST, SECOND]) == 2
    with both.reading() as tx:
        assert tx.fetch_all("select body, place from note") == [{"body": "kept", "place": None}]


def test_a_step_that_fails_leaves_the_schema_as_it_was(both: Database) -> None:
    """All missing steps are run, or none: also the good ones before a bad one are undone."""
    migrate(both, [FIRST])
    before = schema(both)
    with pytest.raises(QuellError):
        migrate(both, [FIRST, SECOND, BROKEN])

    assert schema(both) == before
    assert migrate(both, [FIRST, SECOND]) == 2


def test_a_newer_schema_that_only_adds_is_worked_with(both: Database) -> None:
    """A process of the version before goes on beside the new one, and runs nothing."""
    migrate(both, [FIRST, SECOND])

    assert migrate(both, [FIRST]) == 2


def test_a_newer_schema_that_took_something_away_is_refused(both: Database) -> None:
    """An older Quell does not touch what lacks something that it needs, and says what to do."""
    migrate(both, [FIRST, SECOND, TIDY], stage="post")

    with pytest.raises(DatabaseUnusable, match=r"knows 2 at most, and 0003_tidy\.post\.sql took away"):
        migrate(both, [FIRST, SECOND])


def test_a_newer_step_of_an_unknown_kind_is_refused(both: Database) -> None:
    """What a later Quell calls otherwise may do anything."""
    odd = Migration(2, "0002-sideways.sql", "create table other (id bigint primary key);")
    migrate(both, [FIRST, odd], stage="post")

    with pytest.raises(DatabaseUnusable, match="knows 1 at most"):
        migrate(both, [FIRST])


def test_what_takes_away_waits_until_it_is_asked_for(both: Database) -> None:
    """A start runs the steps that add; the last one waits until older processes have ended."""
    steps = [FIRST, SECOND, TIDY]

    started = migrate(both, steps)
    waiting = due(steps, started, "post")
    ended = migrate(both, steps, stage="post")

    assert (started, waiting, ended) == (2, [TIDY], 3)


def test_what_takes_away_is_run_before_the_next_version_adds(both: Database) -> None:
    """A step of the version after next proves that the oldest processes are gone; the order is kept."""
    steps = [FIRST, SECOND, TIDY, Migration(4, "0004_more.sql", "create table more (id bigint primary key);")]
    migrate(both, steps[:3])

    assert due(steps, 2, "pre") == steps[2:]
    assert migrate(both, steps) == 4


def test_from_scratch_is_the_same_as_step_by_step(both: Database, sqlite: SqliteDatabase) -> None:
    """All steps at once, and each on its own, end with the same tables on both engines."""
    migrate(sqlite, stage="post")
    steps = shipped()
    for number in range(1, len(steps) + 1):
        migrate(both, steps[:number], stage="post")

    with both.reading() as tx, sqlite.reading() as other:
        assert {table.name: table for table in tables_of(tx, both.dialect)} == {
            table.name: table for table in tables_of(other, "sqlite")
        }
        assert versions(tx) == versions(other)


def test_steps_that_are_run_beside_older_processes_only_add() -> None:
    """They make tables, indexes, columns that may be left out, or rows; nothing else."""
    adding = re.compile(r"create (unique )?index |create table |insert into |alter table \w+ add column ")

    for step in shipped():
        if step.stage == "pre":
            for statement in statements(step.script):
                assert adding.match(statement), f"{step.name}: {statement}"
                if "add column" in statement and "not null" in statement:
                    assert "default" in statement, f"{step.name}: {statement}"


def test_shipped_steps_are_numbered_without_gaps() -> None:
    """The files that ship count up from 1."""
    versions = [step.version for step in shipped()]

    assert versions == list(range(1, len(versions) + 1))
    assert versions
