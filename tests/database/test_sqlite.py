"""What is particular to the SQLite driver."""

import sqlite3
import threading
from pathlib import Path

import pytest

from quell.database.sqlite import SqliteDatabase, translate
from quell.errors import DatabaseUnusable, InternalError, ServerBusy


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the database will be."""
    return tmp_path / "quell.db"


def pragma(database: SqliteDatabase, name: str) -> object:
    """Return a setting of the writing connection."""
    with database.transaction() as tx:
        row = tx.fetch_one(f"pragma {name}")
    assert row is not None
    return next(iter(row.values()))


@pytest.mark.parametrize(("durability", "synchronous"), [("full", 2), ("normal", 1)])
def test_durability_is_what_was_asked_for(path: Path, durability: str, synchronous: int) -> None:
    """Commits wait for the disk unless the caller chose otherwise; the log is written ahead either way."""
    database = SqliteDatabase(path, durability=durability)  # type: ignore[arg-type]

    assert (pragma(database, "synchronous"), pragma(database, "journal_mode")) == (synchronous, "wal")
    database.close()


def test_durability_is_full_by_default(path: Path) -> None:
    """Who does not choose gets acknowledged writes on disk."""
    database = SqliteDatabase(path)

    assert pragma(database, "synchronous") == 2
    database.close()


def test_a_write_locks_before_it_reads(path: Path) -> None:
    """A writing transaction holds the lock from its start, so no other process can write in between."""
    database = SqliteDatabase(path)
    other = sqlite3.connect(path, timeout=0)
    with database.transaction(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("begin immediate")

    other.close()
    database.close()


def test_a_lock_held_by_another_process_is_server_busy(path: Path) -> None:
    """When another process holds the lock for too long, the caller is told to try again, in a sentence."""
    database = SqliteDatabase(path, busy_seconds=0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin immediate")

    with pytest.raises(ServerBusy, match="held by another process") as caught, database.transaction():
        pass
    assert caught.value.retry_after == 1
    other.close()
    database.close()


def test_a_lock_held_by_another_thread_is_server_busy(path: Path) -> None:
    """A thread does not wait without end for another one's transaction."""
    database = SqliteDatabase(path, busy_seconds=0.05)
    refused = []

    def write() -> None:
        try:
            with database.transaction():
                pass
        except ServerBusy as error:
            refused.append(error)

    with database.transaction():
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
    assert len(refused) == 1
    database.close()


def test_readers_beyond_the_pool_wait_and_are_then_refused(path: Path) -> None:
    """A full pool answers ServerBusy, and a connection that was given back is used again."""
    database = SqliteDatabase(path, busy_seconds=0.05, readers=1)
    with database.reading(), pytest.raises(ServerBusy), database.reading():
        pass

    database.ping()
    database.close()


def test_a_full_disk_is_server_busy_and_loses_nothing_else(path: Path) -> None:
    """When the disk is full the write is refused in a sentence and undone; reading goes on."""
    database = SqliteDatabase(path)
    with database.transaction() as tx:
        tx.execute("create table note (body bytea)")
    pragma(database, "max_page_count = 4")

    rows = [{"body": b"small"}, {"body": bytes(100_000)}]
    with pytest.raises(ServerBusy, match="full"), database.transaction() as tx:
        tx.execute_many("insert into note values (:body)", rows)
    with database.reading() as tx:
        assert tx.fetch_all("select body from note") == []
    database.close()


def test_readers_cannot_write(path: Path) -> None:
    """A reading transaction refuses to change anything."""
    database = SqliteDatabase(path)

    with pytest.raises(ServerBusy, match="cannot be written"), database.reading() as tx:
        tx.execute("create table note (body text)")
    database.close()


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("SQLITE_IOERR_WRITE", ServerBusy, "reports an error"),
        ("SQLITE_IOERR", ServerBusy, "reports an error"),
        ("SQLITE_READONLY_DBMOVED", ServerBusy, "cannot be written"),
        ("SQLITE_BUSY_SNAPSHOT", ServerBusy, "another process"),
        ("SQLITE_FULL", ServerBusy, "full"),
        ("SQLITE_CORRUPT_INDEX", InternalError, "damaged"),
        ("SQLITE_NOTADB", InternalError, "restore"),
        ("SQLITE_CONSTRAINT_UNIQUE", InternalError, "SQLITE_CONSTRAINT"),
    ],
)
def test_errors_of_the_driver_become_sentences(name: str, kind: type, words: str) -> None:
    """Each family of errors has its own sentence, whatever detail follows its name."""
    error = sqlite3.OperationalError("internals")
    error.sqlite_errorname = name

    translated = translate(error)
    assert type(translated) is kind
    assert words in translated.message


def test_a_file_that_is_no_database_stops_the_start(path: Path) -> None:
    """A file of something else is not overwritten; the error names it."""
    path.write_bytes(b"shopping list\n" * 100)

    with pytest.raises(DatabaseUnusable, match=r"quell\.db: .*not a database"):
        SqliteDatabase(path)
    assert path.read_bytes().startswith(b"shopping list")


def test_a_folder_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    """A database that cannot be opened is refused with a sentence."""
    with pytest.raises(DatabaseUnusable, match="cannot be opened"):
        SqliteDatabase(tmp_path / "absent" / "quell.db")


def test_the_marker_sees_commits_of_other_processes(path: Path) -> None:
    """A commit through another connection to the same file changes the marker."""
    one, two = SqliteDatabase(path), SqliteDatabase(path)
    before = one.marker()
    with two.transaction() as tx:
        tx.execute("create table note (body text)")

    assert one.marker() != before
    one.close()
    two.close()


def test_several_processes_may_open_a_new_file_at_once(path: Path) -> None:
    """Opening races for the switch to the write-ahead log, and nobody loses."""
    opened: list[SqliteDatabase] = []
    threads = [threading.Thread(target=lambda: opened.append(SqliteDatabase(path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(opened) == 8
    for database in opened:
        database.close()


@pytest.mark.parametrize("replaced", [True, False])
def test_a_file_that_was_taken_away_is_not_written_to(path: Path, *, replaced: bool) -> None:
    """Removed or replaced while it is open: no write is acknowledged that would be lost."""
    database = SqliteDatabase(path)
    path.unlink()
    if replaced:
        path.touch()

    with pytest.raises(ServerBusy, match="removed or replaced"), database.transaction():
        pytest.fail("a transaction was opened")
    with pytest.raises(ServerBusy, match="removed or replaced"), database.reading():
        pytest.fail("another file was opened")
    assert path.exists() is replaced
    database.close()
