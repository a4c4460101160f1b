"""A database in which every table has rows, whatever its columns are called."""

from quell.database.base import Database
from quell.database.tables import Table, tables_of

SEEDED = "change_sequence"


def tables(database: Database) -> list[Table]:
    """Return the tables of a migrated database, each after those it refers to."""
    with database.reading() as tx:
        return tables_of(tx, database.dialect)


TEXT = "t\u00e9xt \U0001f600 {}"


def fill(database: Database, rows: int = 3, *, start: int = 0, only: str = "") -> None:
    """Store rows in every table (of a name that begins so): row n refers to row n of what it depends on."""
    with database.transaction() as tx:
        tx.execute("update change_sequence set seq = seq + :rows", {"rows": rows})
        for table in tables_of(tx, database.dialect):
            if table.name != SEEDED and table.name.startswith(only):
                tx.execute_many(table.insert(), [_row(table, start + n) for n in range(rows)])


def _row(table: Table, number: int) -> dict[str, object]:
    return {name: _value(name, kind, number) for name, kind in table.columns.items()}


def _value(name: str, kind: str, number: int) -> object:
    if kind == "bigint":
        return 2**40 + number
    if kind == "double precision":
        return number / 3
    if kind == "bytea":
        return bytes(range(256)) + number.to_bytes(4, "big")  # unique, as digests are
    # Ids refer to each other: the same number is the same id in every table.
    return f"id-{number:04}" if name == "id" or name.endswith("_id") else TEXT.format(f"{name} {number}")
