"""The tables that a database has, as it says itself: nothing that a migration adds can be forgotten here."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from hashlib import sha256

from quell.database.base import Row, Transaction
from quell.database.queries import load
from quell.errors import DatabaseUnusable

_QUERIES = load("quell.database", "tables.sql")
_OWN = {"schema_version", "data_move"}
_SIZED = {"text", "bytea"}

MOST_ROWS = 1_000
"""The rows of a batch, at most."""

MOST_LENGTH = 8 * 1024 * 1024
"""The characters and bytes of a batch, at most, where it has more than one row."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns with their types, and the columns of its primary key in order."""

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]

    def insert(self) -> str:
        """Return the statement that stores a row."""
        names = ", ".join(f'"{name}"' for name in self.columns)
        return (
            f'insert into "{self.name}" ({names}) values ({", ".join(f":{name}" for name in self.columns)})'  # noqa: S608 - the names are the schema's own
        )

    def batches(self, tx: Transaction, after: tuple[object, ...] | None = None) -> Iterator[list[Row]]:
        """Yield the rows after a key in order of the key, in batches that memory holds."""
        while True:
            last = self._cut(tx, after)
            if last is None:
                return
            names = ", ".join(f'"{name}"' for name in self.columns)
            upto = self._compared("<=", "b")
            where = f"{self._compared('>', 'a')} and {upto}" if after else upto
            sql = f'select {names} from "{self.name}" where {where} order by {self._keys()}'  # noqa: S608 - see above
            yield tx.fetch_all(sql, {**_named("a", after or ()), **_named("b", last)})
            after = last

    def key_of(self, row: Row) -> tuple[object, ...]:
        """Return the key of a row."""
        return tuple(row[name] for name in self.key)

    def count(self, tx: Transaction) -> int:
        """Return how many rows there are."""
        row = tx.fetch_one(f'select count(*) as number from "{self.name}"')  # noqa: S608 - see above
        return int(row["number"]) if row else 0

    def clear(self, tx: Transaction) -> None:
        """Remove all rows."""
        tx.execute(f'delete from "{self.name}"')  # noqa: S608 - see above

    def digest(self, row: Row) -> int:
        """Return a number of 256 bits for a row, the same on every engine; those of a table are added up."""
        found = sha256()
        for name in sorted(self.columns):
            found.update(_canonical(row[name], self.columns[name]))
        return int.from_bytes(found.digest())

    def _cut(self, tx: Transaction, after: tuple[object, ...] | None) -> tuple[object, ...] | None:
        # The lengths are asked for first, so that a thousand pictures are not read at once.
        sized = [name for name, kind in self.columns.items() if kind in _SIZED]
        size = " + ".join(f'coalesce(length("{name}"), 0)' for name in sized) or "0"
        where = f"where {self._compared('>', 'a')}" if after else ""
        sql = (
            f'select {self._keys()}, {size} as row_length from "{self.name}" {where} '  # noqa: S608 - see above
            f"order by {self._keys()} limit {MOST_ROWS}"
        )
        last, total = None, 0
        for row in tx.fetch_all(sql, _named("a", after or ())):
            total += int(row["row_length"])
            if last is not None and total > MOST_LENGTH:
                break
            last = self.key_of(row)
        return last

    def _keys(self) -> str:
        return ", ".join(f'"{name}"' for name in self.key)

    def _compared(self, sign: str, prefix: str) -> str:
        places = ", ".join(f":{prefix}{number}" for number in range(len(self.key)))
        return f"({self._keys()}) {sign} ({places})"


def tables_of(tx: Transaction, dialect: str) -> list[Table]:
    """Return all tables but those of the migrations, each after those that it refers to."""
    found: dict[str, list[Row]] = {}
    for row in tx.fetch_all(_QUERIES[f"columns-{dialect}"]):
        if row["table_name"] not in _OWN:
            found.setdefault(row["table_name"], []).append(row)
    order: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(sorted(found), ()))
    references = tx.fetch_all(_QUERIES[f"references-{dialect}"])
    # Sorted, so that tables of which none needs the other come in the same order on every engine.
    for child, parent in sorted((row["table_name"], row["parent"]) for row in references):
        if parent != child and child in found:
            order.add(child, parent)
    return [_table(name, found[name]) for name in order.static_order() if name in found]


def without_nul(table: Table, rows: Iterable[Row]) -> None:
    """Refuse rows that PostgreSQL has no text for."""
    for row in rows:
        for name, value in row.items():
            if isinstance(value, str) and "\0" in value:
                key = json.dumps(table.key_of(row))
                raise DatabaseUnusable(
                    f"The row {key} of the table {table.name} has the character NUL in {name}, which "
                    "PostgreSQL cannot store. Remove it, and give the command again."
                )


def _table(name: str, columns: list[Row]) -> Table:
    keyed = sorted((int(row["place"]), row["column_name"]) for row in columns if row["place"])
    if not keyed:
        raise DatabaseUnusable(f"The table {name} has no primary key, so its rows cannot be told apart.")
    return Table(
        name, {row["column_name"]: row["type"] for row in columns}, tuple(column for _, column in keyed)
    )


def _named(prefix: str, values: tuple[object, ...]) -> dict[str, object]:
    return {f"{prefix}{number}": value for number, value in enumerate(values)}


def _canonical(value: object, kind: str) -> bytes:
    if value is None:
        return b"-;"
    if isinstance(value, bytes):
        return b"b%d:" % len(value) + value
    text = repr(float(str(value))) if kind == "double precision" else str(value)
    encoded = text.encode()
    return b"t%d:" % len(encoded) + encoded
