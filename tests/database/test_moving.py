"""Moving one database into another."""

from collections.abc import Callable

import pytest

from quell.database import changes
from quell.database.base import Database
from quell.database.migrate import migrate
from quell.database.moving import Move, Moved
from quell.database.postgres import PostgresDatabase
from quell.database.sqlite import SqliteDatabase
from quell.errors import DatabaseUnusable, ServerBusy
from tests.database.filling import fill, tables
from tests.database.test_tables import digests


class Killed(BaseException):
    """Stands for the end of the process."""


def move(source: Database, target: Database, on_progress: Callable[[float], None] = lambda _: None) -> Moved:
    """Move everything."""
    return Move(source, target, "sqlite:/somewhere", on_progress=on_progress).run()


def killed_after(batches: int) -> Callable[[float], None]:
    """Return what ends a move after so many batches."""
    left = [batches]

    def count(_: float) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Killed

    return count


@pytest.fixture
def full(sqlite: SqliteDatabase) -> SqliteDatabase:
    """Return a file in which every table has rows."""
    migrate(sqlite)
    fill(sqlite)
    return sqlite


def test_everything_is_moved_and_told_by_table(full: SqliteDatabase, both: Database) -> None:
    """All rows of all tables are there, the report counts them, and servers are let in."""
    moved = move(full, both)

    assert digests(both) == digests(full)
    assert {one.table: one.rows for one in moved.tallies} == {
        table.name: 1 if table.name == "change_sequence" else 3 for table in tables(full)
    }
    assert not moved.resumed
    assert migrate(both) == migrate(full)


def test_there_and_back_is_the_same(full: SqliteDatabase, server: PostgresDatabase, both: Database) -> None:
    """From a file into a server, and from there into either."""
    there = move(full, server)
    back = move(server, both)

    assert back.tallies == there.tallies
    assert digests(both) == digests(full)


def test_the_change_sequence_goes_on_where_it_was(full: SqliteDatabase, server: PostgresDatabase) -> None:
    """A process that had seen the old database learns of the next change in the new one."""
    with full.reading() as tx:
        before = changes.latest(tx)
    move(full, server)

    with server.transaction() as tx:
        assert changes.record(tx, "text/incidents", "x") == before + 1


@pytest.mark.parametrize("batches", [1, 2, 5, 8])
def test_a_move_that_was_cut_off_goes_on(full: SqliteDatabase, both: Database, batches: int) -> None:
    """What was copied is not copied again, and the end is the same."""
    with pytest.raises(Killed):
        move(full, both, killed_after(batches))
    copied = sum(len(rows) for rows in digests(both).values())

    moved = move(full, both)

    assert moved.resumed
    assert copied > 0
    assert digests(both) == digests(full)


def test_no_server_opens_a_target_before_the_move_is_finished(full: SqliteDatabase, both: Database) -> None:
    """Half of an incident must never decide anything."""
    with pytest.raises(Killed):
        move(full, both, killed_after(3))

    with pytest.raises(DatabaseUnusable, match="move from sqlite:/somewhere is not finished"):
        migrate(both)


def test_another_move_does_not_take_over(full: SqliteDatabase, both: Database) -> None:
    """Only the same source may go on."""
    with pytest.raises(Killed):
        move(full, both, killed_after(3))

    with pytest.raises(DatabaseUnusable, match="Another move from sqlite:/somewhere"):
        Move(full, both, "sqlite:/elsewhere").run()


def test_a_source_that_has_changed_since_is_copied_afresh(full: SqliteDatabase, both: Database) -> None:
    """Between two tries the source may have been served: what was copied then is not trusted."""
    with pytest.raises(Killed):
        move(full, both, killed_after(6))
    with full.transaction() as tx:
        tx.execute("update incident set description = 'changed since'")
        changes.record(tx, "text/incidents", "x")

    assert move(full, both).resumed
    assert digests(both) == digests(full)


def test_what_changed_without_a_number_is_found_by_comparing(full: SqliteDatabase, both: Database) -> None:
    """Counts and jobs have no place in the change sequence; the comparison sees them."""
    with pytest.raises(Killed):
        move(full, both, killed_after(len(tables(full))))
    with full.transaction() as tx:
        tx.execute("update monitor_hour set value = value + 1")

    move(full, both)

    assert digests(both) == digests(full)


def test_a_target_with_rows_is_refused_and_left_alone(full: SqliteDatabase, both: Database) -> None:
    """Nothing is mixed, and nothing is deleted."""
    migrate(both)
    fill(both, 1, start=7)
    before = digests(both)

    with pytest.raises(DatabaseUnusable, match="not empty"):
        move(full, both)
    assert digests(both) == before
    assert migrate(both)


def test_a_target_that_a_server_was_started_on_is_empty(full: SqliteDatabase, both: Database) -> None:
    """The rows that the migrations themselves bring are no content."""
    migrate(both)

    assert move(full, both).tallies


def test_while_it_moves_the_source_is_read_and_not_written(full: SqliteDatabase, both: Database) -> None:
    """Who changes something is told to come back; nothing is acknowledged that does not move."""
    seen: list[object] = []

    def look(_: float) -> None:
        if seen:
            return
        with full.reading() as tx:
            seen.append(tx.fetch_one("select count(*) as n from incident"))
        full._busy_seconds = 0.01
        with pytest.raises(ServerBusy), full.transaction():
            pass

    move(full, both, look)

    assert seen == [{"n": 3}]


def test_a_text_with_nul_is_named_before_postgresql_refuses_it(
    full: SqliteDatabase, server: PostgresDatabase
) -> None:
    """The operator learns which row it is; without it the same command finishes."""
    with full.transaction() as tx:
        tx.execute("update incident set description = 'a' || char(0) where id = 'id-0001'")
    with pytest.raises(DatabaseUnusable, match=r'\["id-0001"\] of the table incident .* NUL in description'):
        move(full, server)
    with full.transaction() as tx:
        tx.execute("update incident set description = 'a' where id = 'id-0001'")

    assert move(full, server).resumed
    assert digests(server) == digests(full)


def test_a_source_without_the_newest_steps_is_refused(sqlite: SqliteDatabase, both: Database) -> None:
    """The versions must match; the remedy is named."""
    from quell.database.migrate import shipped  # noqa: PLC0415 - beside its only use

    migrate(sqlite, shipped()[:2])

    with pytest.raises(DatabaseUnusable, match="schema version 2; bring it up to date with 'quell migrate'"):
        move(sqlite, both)


def test_what_was_written_wrong_is_not_put_in_force(full: SqliteDatabase, both: Database) -> None:
    """A byte that differs is found by the comparison, named by its table, and no server is let in."""
    spoiled = []

    def spoil(share: float) -> None:
        if share > 1 / 3 and not spoiled:
            with both.transaction() as tx:
                spoiled.append(tx.execute("update incident set description = 'spoiled'"))

    with pytest.raises(DatabaseUnusable, match="differs from what was read, in incident;"):
        move(full, both, spoil)
    with pytest.raises(DatabaseUnusable, match="not finished"):
        migrate(both)
