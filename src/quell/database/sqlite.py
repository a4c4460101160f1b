"""The SQLite driver: one file, one writer, several readers, and nothing acknowledged that is not on disk."""

import queue
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Literal

from quell.database.base import Params, Row
from quell.errors import DatabaseUnusable, InternalError, QuellError, ServerBusy

Durability = Literal["full", "normal"]

_BUSY = {
    "SQLITE_FULL": "The disk that holds the data folder is full; nothing was stored.",
    "SQLITE_READONLY": "The data folder cannot be written to; nothing was stored.",
    "SQLITE_IOERR": "The disk that holds the data folder reports an error; nothing was stored.",
    "SQLITE_BUSY": "The database is held by another process; try again.",
    "SQLITE_LOCKED": "The database is held by another process; try again.",
    "SQLITE_CANTOPEN": "The database file in the data folder cannot be opened.",
    "SQLITE_PERM": "The database file in the data folder may not be opened by this user.",
    "SQLITE_NOMEM": "The server is out of memory.",
}
_DAMAGED = {
    "SQLITE_CORRUPT": "The database file is damaged: 'quell doctor' says where; restore it from a backup.",
    "SQLITE_NOTADB": "The database file is not a database of Quell; restore it from a backup.",
}


_MOVED = (
    "The database file was removed or replaced while this server runs; nothing was stored. "
    "Restore it and start the server again."
)


def translate(error: sqlite3.Error) -> QuellError:
    """Return the catalogue's error for an error of the driver."""
    # Extended names continue the primary one: SQLITE_IOERR_WRITE, SQLITE_READONLY_DBMOVED, …
    name = "_".join((getattr(error, "sqlite_errorname", None) or "").split("_")[:2])
    if name in _BUSY:
        return ServerBusy(_BUSY[name], retry_after=1, reason="database")
    return InternalError(_DAMAGED.get(name, f"The database refused a statement ({name or 'misuse'})."))


class SqliteTransaction:
    """Statements on one connection, between its `begin` and its `commit`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, params: Params | None = None) -> int:
        """Run one statement; return the number of rows it touched."""
        return self._connection.execute(sql, dict(params or {})).rowcount

    def execute_many(self, sql: str, rows: Iterable[Params]) -> None:
        """Run one statement once for each row of parameters."""
        self._connection.executemany(sql, (dict(row) for row in rows))

    def fetch_one(self, sql: str, params: Params | None = None) -> Row | None:
        """Return the first row, or None."""
        rows = self.fetch_all(sql, params)
        return rows[0] if rows else None

    def fetch_all(self, sql: str, params: Params | None = None) -> list[Row]:
        """Return all rows."""
        return self._connection.execute(sql, dict(params or {})).fetchall()


class SqliteDatabase:
    """One database file, opened in WAL mode.

    With `durability` "full" a commit returns after the disk has it. "normal" returns earlier: a power
    cut may then take the last commits, a killed process may not.
    """

    dialect = "sqlite"

    def __init__(
        self, path: Path, *, durability: Durability = "full", busy_seconds: float = 5.0, readers: int = 4
    ) -> None:
        self._path = path
        self._durability = durability
        self._busy_seconds = busy_seconds
        self._writing = threading.Lock()
        self._marking = threading.Lock()
        self._connections: list[sqlite3.Connection] = []
        self._readers: queue.LifoQueue[sqlite3.Connection | None] = queue.LifoQueue()
        try:
            self._writer = self._connect()
            self._marked = self._connect(query_only=True)
        except sqlite3.Error as error:
            self.close()
            raise DatabaseUnusable(f"{path}: {translate(error).message}") from error
        self._identity = _identity(path)
        for _ in range(readers):
            self._readers.put(None)  # opened when it is first needed

    def _connect(self, *, query_only: bool = False) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path,
            timeout=self._busy_seconds,
            isolation_level=None,  # transactions are begun and ended here, in the open
            check_same_thread=False,
            cached_statements=256,
        )
        self._connections.append(connection)
        connection.row_factory = _row
        connection.execute("pragma journal_mode = wal")
        connection.execute(f"pragma synchronous = {self._durability}")
        connection.execute("pragma foreign_keys = on")
        if query_only:
            connection.execute("pragma query_only = on")
        return connection

    @contextmanager
    def transaction(self) -> Iterator[SqliteTransaction]:
        """Open a writing transaction, one at a time: on disk when the block ends, undone when it raises."""
        if not self._writing.acquire(timeout=self._busy_seconds):
            raise ServerBusy(_BUSY["SQLITE_BUSY"], retry_after=1, reason="database")
        try:
            self._check_place()
            with _within(self._writer, "begin immediate"):
                yield SqliteTransaction(self._writer)
        finally:
            self._writing.release()

    def sharing(self) -> AbstractContextManager[SqliteTransaction]:
        """Open a writing transaction; a file has one writer at a time."""
        return self.transaction()

    @contextmanager
    def reading(self) -> Iterator[SqliteTransaction]:
        """Open a reading transaction: every statement sees the same state."""
        try:
            connection = self._readers.get(timeout=self._busy_seconds)
        except queue.Empty:
            raise ServerBusy(
                "Too many requests read the database at once.", retry_after=1, reason="database"
            ) from None
        try:
            if connection is None:
                connection = self._open_reader()
            with _within(connection, "begin"):
                yield SqliteTransaction(connection)
        finally:
            self._readers.put(connection)

    def _check_place(self) -> None:
        # SQLite would go on writing to a file that has no name any more, and all of it would be lost.
        if self._identity is not None and _identity(self._path) != self._identity:
            raise ServerBusy(_MOVED, retry_after=1, reason="database")

    def _open_reader(self) -> sqlite3.Connection:
        self._check_place()
        try:
            return self._connect(query_only=True)
        except sqlite3.Error as error:
            raise translate(error) from error

    def marker(self) -> int:
        """Return another token than last time when any process, this one included, has committed.

        A connection's `data_version` ignores its own commits, hence a connection that never writes.
        """
        try:
            with self._marking:
                return int(self._marked.execute("pragma data_version").fetchone()["data_version"])
        except sqlite3.Error as error:
            raise translate(error) from error

    def ping(self) -> None:
        """Raise when the database cannot answer."""
        with self.reading() as tx:
            tx.fetch_one("select 1 as one")

    def close(self) -> None:
        """Close every connection."""
        while self._connections:
            self._connections.pop().close()


@contextmanager
def _within(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    try:
        connection.execute(begin)
        yield
        connection.execute("commit")
    except sqlite3.Error as error:
        raise translate(error) from error
    finally:
        # Still open here means that something was raised, a failed commit included.
        if connection.in_transaction:
            _roll_back(connection)


def _roll_back(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("rollback")
    except sqlite3.Error as error:
        raise translate(error) from error


def _row(cursor: sqlite3.Cursor, values: tuple[object, ...]) -> Row:
    return {column[0]: value for column, value in zip(cursor.description, values, strict=True)}


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells one file from another, None where there is none (a database in memory, too)."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
