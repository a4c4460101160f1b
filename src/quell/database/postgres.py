"""The PostgreSQL driver: one server that several Quells share, under the same rules as the file.

The services are synchronous and asyncpg is not, so one thread runs its loop and the others wait for it.
"""

import asyncio
import re
import threading
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Literal, TypeVar

import asyncpg

from quell.database.base import Params, Row
from quell.errors import DatabaseUnusable, InternalError, InvalidRequestBody, QuellError, ServerBusy

T = TypeVar("T")

_OWN = re.compile(r"/\* postgresql: (.*?) \*/")
_NAMED = re.compile(r"'(?:[^']|'')*'|::\w+|:([a-z_][a-z0-9_]*)")
PROCESS = "quell schema "
"""What the connections of a Quell are called, before the newest schema that it knows."""

_WRITER = 7_835_001
_LOCK = "select pg_advisory_xact_lock(:key, hashtext(coalesce(current_schema(), '')))"
"""The advisory lock that a writing transaction holds, so that a schema has one writer, as a file has."""

_CUT = (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What the driver raises where a connection went away, by the moment at which it did."""

_BUSY = {
    "08": "The database cannot be reached; nothing was stored. Try again.",
    "40": "The database undid a transaction that met another one; try again.",
    "53": "The database has run out of disk, memory or connections; nothing was stored.",
    "55": "The database is held by another process; try again.",
    "57": "The database is being restarted; nothing was stored. Try again.",
}
"""By the class of the SQLSTATE."""


_UNSURE = (
    "The connection to the database broke at the very end: the change may have been stored or not. "
    "Read it before you try again."
)


def translate(error: Exception) -> QuellError:
    """Return the catalogue's error for an error of the driver; it quotes no value."""
    state = getattr(error, "sqlstate", None) or ""
    if isinstance(error, _CUT):
        return ServerBusy(_BUSY["08"], retry_after=1, reason="database")
    if state[:2] in _BUSY:
        return ServerBusy(_BUSY[state[:2]], retry_after=1, reason="database")
    if state in {"22021", "22P05"}:
        return InvalidRequestBody("A text with the character NUL cannot be stored in PostgreSQL.")
    if state.startswith("XX"):
        return InternalError("The database server found damaged data; its log says where. Restore a backup.")
    return InternalError(f"The database refused a statement ({state or type(error).__name__}).")


@lru_cache(maxsize=1024)
def numbered(sql: str) -> tuple[str, tuple[str, ...]]:
    """Turn `:name` parameters into `$1`, `$2`, …; return the statement and the names in that order.

    What stands in a comment for PostgreSQL is opened.
    """
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        name = found[1]
        if name is None:
            return found[0]
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return _NAMED.sub(number, _OWN.sub(r"\1", sql)), tuple(names)


class _Bridge:
    """Runs coroutines on a loop of its own while the calling thread waits."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="quell-postgres", daemon=True)
        self._thread.start()

    def run(self, call: Coroutine[Any, Any, T]) -> T:
        """Return what a coroutine returns; errors of the driver become ours."""
        try:
            return asyncio.run_coroutine_threadsafe(call, self._loop).result()
        except (asyncpg.PostgresError, *_CUT) as error:
            raise translate(error) from error

    def close(self) -> None:
        """End the loop."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class PostgresTransaction:
    """Statements on one connection, between its `begin` and its `commit`."""

    def __init__(self, bridge: _Bridge, connection: Any) -> None:  # noqa: ANN401 - asyncpg has no types
        self._bridge = bridge
        self._connection = connection

    def execute(self, sql: str, params: Params | None = None) -> int:
        """Run one statement; return the number of rows it touched."""
        statement, values = _bound(sql, params)
        status = self._bridge.run(self._connection.execute(statement, *values))
        count = str(status).rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    def execute_many(self, sql: str, rows: Iterable[Params]) -> None:
        """Run one statement once for each row of parameters."""
        statement, names = numbered(sql)
        values = [tuple(row[name] for name in names) for row in rows]
        if values:
            self._bridge.run(self._connection.executemany(statement, values))

    def fetch_one(self, sql: str, params: Params | None = None) -> Row | None:
        """Return the first row, or None."""
        statement, values = _bound(sql, params)
        row = self._bridge.run(self._connection.fetchrow(statement, *values))
        return None if row is None else dict(row)

    def fetch_all(self, sql: str, params: Params | None = None) -> list[Row]:
        """Return all rows."""
        statement, values = _bound(sql, params)
        return [dict(row) for row in self._bridge.run(self._connection.fetch(statement, *values))]


class PostgresDatabase:
    """A database on a PostgreSQL server, `url` as `postgresql://user:password@host:port/name`.

    With `durability` "full" a commit returns after the server's disk has it, with "normal" before.
    `known` is the newest schema that this process knows; its connections tell it to those that ask.
    """

    dialect = "postgresql"

    def __init__(
        self,
        url: str,
        *,
        durability: Literal["full", "normal"] = "full",
        busy_seconds: float = 5.0,
        connections: int = 8,
        known: int = 0,
    ) -> None:
        self._busy_seconds = busy_seconds
        self._bridge = _Bridge()
        settings = {
            "application_name": f"{PROCESS}{known}",
            "lock_timeout": str(round(busy_seconds * 1000)),
            "idle_in_transaction_session_timeout": "60000",
            "synchronous_commit": "on" if durability == "full" else "off",
        }
        try:
            self._pool = self._bridge.run(_pool(url, connections, busy_seconds, settings))
            self.ping()
        except Exception as error:
            self._bridge.close()
            reason = error.message if isinstance(error, QuellError) else type(error).__name__
            raise DatabaseUnusable(f"The PostgreSQL server cannot be used: {reason}") from error

    @contextmanager
    def transaction(self) -> Iterator[PostgresTransaction]:
        """Open a writing transaction, one at a time in all processes; undone when the block raises."""
        with self._within("begin") as tx:
            # Read-then-write transactions then lose no update, and changes are numbered in order.
            tx.fetch_one(_LOCK, {"key": _WRITER})
            yield tx

    @contextmanager
    def sharing(self) -> Iterator[PostgresTransaction]:
        """Open a writing transaction beside that of the writer; it holds the rows that it touches."""
        with self._within("begin") as tx:
            yield tx

    @contextmanager
    def reading(self) -> Iterator[PostgresTransaction]:
        """Open a reading transaction: every statement sees the same state."""
        with self._within("begin isolation level repeatable read read only") as tx:
            yield tx

    def marker(self) -> int:
        """Return another token than last time when anything was committed on the server.

        It is the server's snapshot: which transactions are finished, and which are not.
        """
        return hash(self._bridge.run(self._ask("select pg_current_snapshot()::text")))

    def ping(self) -> None:
        """Raise when the database cannot answer."""
        self._bridge.run(self._ask("select 1"))

    def close(self) -> None:
        """Close every connection."""
        try:
            self._bridge.run(asyncio.wait_for(self._pool.close(), self._busy_seconds))
        except QuellError:
            self._pool.terminate()
        self._bridge.close()

    @contextmanager
    def _within(self, begin: str) -> Iterator[PostgresTransaction]:
        connection = self._bridge.run(self._acquire())
        try:
            # A connection that went silent shows here: later statements may take their time.
            self._bridge.run(connection.execute(begin, timeout=self._busy_seconds))
            yield PostgresTransaction(self._bridge, connection)
            self._commit(connection)
        finally:
            self._bridge.run(self._give_back(connection))

    def _commit(self, connection: Any) -> None:  # noqa: ANN401 - asyncpg has no types
        try:
            self._bridge.run(connection.execute("commit"))
        except ServerBusy as error:
            if isinstance(error.__cause__, _CUT):
                raise ServerBusy(_UNSURE, retry_after=1) from error
            raise

    async def _ask(self, sql: str) -> object:
        connection = await self._acquire()
        try:
            return await connection.fetchval(sql, timeout=self._busy_seconds)
        except _CUT:
            connection.terminate()  # or the pool would hand it out again
            raise
        finally:
            await self._pool.release(connection)

    async def _acquire(self) -> Any:  # noqa: ANN401 - asyncpg has no types
        return await self._pool.acquire(timeout=self._busy_seconds)

    async def _give_back(self, connection: Any) -> None:  # noqa: ANN401 - asyncpg has no types
        # Still open here means that something was raised, a failed commit included.
        if not connection.is_closed() and connection.is_in_transaction():
            try:
                await connection.execute("rollback")
            except (asyncpg.PostgresError, *_CUT):
                connection.terminate()
        await self._pool.release(connection)


async def _pool(url: str, connections: int, seconds: float, settings: Params) -> Any:  # noqa: ANN401 - see above
    # A pool belongs to the loop that it is made in.
    return await asyncpg.create_pool(
        url,
        min_size=0,
        max_size=connections,
        timeout=seconds,
        command_timeout=60,
        init=_prepare,
        reset=_leave,
        server_settings=settings,
    )


async def _prepare(connection: Any) -> None:  # noqa: ANN401 - asyncpg has no types
    # Sums are numeric; they are counts here, which callers take as integers.
    await connection.set_type_codec(
        "numeric", encoder=str, decoder=_number, schema="pg_catalog", format="text"
    )


async def _leave(connection: Any) -> None:  # noqa: ANN401 - asyncpg has no types
    """Keep a connection as it is: nothing here changes its session, and a reset costs a round trip."""
    del connection


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)


def _bound(sql: str, params: Params | None) -> tuple[str, list[object]]:
    statement, names = numbered(sql)
    given = params or {}
    return statement, [given[name] for name in names]
