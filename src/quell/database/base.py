"""The one seam towards SQL: what a database driver offers, and nothing that only one engine knows.

SQL is written once, in the subset that SQLite and PostgreSQL share: parameters as `:name`, times as
integer microseconds, truth values as integers 0 and 1, `on conflict` and `returning`. What only PostgreSQL
needs stands in a comment that its driver opens: `/* postgresql: for update skip locked */`.
"""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

Row = Mapping[str, Any]
"""A row, by column name."""

Params = Mapping[str, object]
"""Values of the `:name` parameters: None, int, float, str or bytes."""


class Transaction(Protocol):
    """Statements that are seen by others all together, or not at all."""

    def execute(self, sql: str, params: Params | None = None) -> int:
        """Run one statement; return the number of rows it touched."""

    def execute_many(self, sql: str, rows: Iterable[Params]) -> None:
        """Run one statement once for each row of parameters."""

    def fetch_one(self, sql: str, params: Params | None = None) -> Row | None:
        """Return the first row, or None."""

    def fetch_all(self, sql: str, params: Params | None = None) -> list[Row]:
        """Return all rows."""


class Database(Protocol):
    """A database that several threads and several processes use at once.

    Errors of the driver surface as `quell.errors.QuellError`: `ServerBusy` where another try may help.
    """

    @property
    def dialect(self) -> str:
        """The name of the engine, for example `sqlite`."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Open a writing transaction: on disk when the block ends, undone when it raises."""

    def sharing(self) -> AbstractContextManager[Transaction]:
        """Open a writing transaction that does not keep others from writing, where the engine can.

        For single rows that no other rule depends on: it holds no more than the rows that it touches,
        and must not number a change.
        """

    def reading(self) -> AbstractContextManager[Transaction]:
        """Open a reading transaction: every statement sees the same state."""

    def marker(self) -> int:
        """Return a cheap token, another one than last time when anything was committed in between."""

    def ping(self) -> None:
        """Raise when the database cannot answer."""

    def close(self) -> None:
        """Give back every connection; the database is not used afterwards."""
