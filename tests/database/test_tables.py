"""The tables that a database says it has."""

from typing import cast

from quell.database.base import Database, Row, Transaction
from quell.database.migrate import migrate, shipped
from quell.database.sqlite import SqliteDatabase
from quell.database.tables import MOST_LENGTH, MOST_ROWS, Table, tables_of
from tests.database.filling import fill, tables

TYPES = {"text", "bigint", "bytea", "double precision"}


def test_every_table_has_a_key_and_types_that_both_engines_store_alike(both: Database) -> None:
    """What a migration adds can be moved: its key can be ordered, its values can be compared."""
    migrate(both)

    for table in tables(both):
        assert set(table.columns.values()) <= TYPES, table.name
        assert {table.columns[name] for name in table.key} <= {"text", "bigint"}, table.name


def test_every_table_of_the_steps_is_found(both: Database) -> None:
    """A table in a migration is a table to be moved: nothing is left out by a list that somebody forgot."""
    migrate(both)
    made = [
        line.split()[2]
        for step in shipped()
        for line in step.script.splitlines()
        if line.startswith("create table ")
    ]

    assert sorted(table.name for table in tables(both)) == sorted(made)


def test_the_order_of_tables_does_not_depend_on_the_order_of_the_catalogue(both: Database) -> None:
    """References that an engine lists the other way round change nothing: engines are compared row by row."""
    migrate(both)

    class Backwards:
        """A transaction whose answers come last row first."""

        def __init__(self, tx: Transaction) -> None:
            self._tx = tx

        def fetch_all(self, sql: str) -> list[Row]:
            """Return the rows in the other order."""
            return list(reversed(self._tx.fetch_all(sql)))

    with both.reading() as tx:
        forwards = [table.name for table in tables_of(tx, both.dialect)]
        backwards = [table.name for table in tables_of(cast("Transaction", Backwards(tx)), both.dialect)]

    assert backwards == forwards


def test_tables_come_after_those_they_refer_to(both: Database) -> None:
    """In this order rows can be stored while references are checked."""
    migrate(both)

    names = [table.name for table in tables(both)]

    assert names.index("incident") < names.index("incident_sample") < names.index("incident_picture")
    assert names.index("term_list") < names.index("term_item")


def test_batches_have_all_rows_once_in_order_of_the_key(both: Database) -> None:
    """Also where there is more than one batch, and from the middle on."""
    count = MOST_ROWS + 5
    with both.transaction() as tx:
        tx.execute("create table pair (a text, b bigint, body text, primary key (a, b))")
        rows = [{"a": f"{n % 7}", "b": n, "body": "x"} for n in range(count)]
        tx.execute_many("insert into pair (a, b, body) values (:a, :b, :body)", rows)
    table = next(table for table in tables(both) if table.name == "pair")

    with both.reading() as tx:
        batches = list(table.batches(tx))
        rest = [row for batch in table.batches(tx, after=("3", 500)) for row in batch]

    keys = [table.key_of(row) for batch in batches for row in batch]
    assert [len(batch) for batch in batches] == [MOST_ROWS, 5]
    assert keys == sorted(keys)
    assert len(set(keys)) == count
    assert [table.key_of(row) for row in rest] == [key for key in keys if key > ("3", 500)]


def test_a_batch_ends_before_memory_does(both: Database) -> None:
    """Rows with large contents come a few at a time, one that is larger than a batch alone."""
    with both.transaction() as tx:
        tx.execute("create table big (id bigint primary key, content bytea)")
        sizes = [10, MOST_LENGTH // 2, MOST_LENGTH // 2, MOST_LENGTH + 1, 10]
        rows = [{"id": n, "content": bytes(size)} for n, size in enumerate(sizes)]
        tx.execute_many("insert into big (id, content) values (:id, :content)", rows)
    table = next(table for table in tables(both) if table.name == "big")

    with both.reading() as tx:
        lengths = [len(batch) for batch in table.batches(tx)]

    assert lengths == [2, 1, 1, 1]


def test_rows_have_the_same_digest_on_both_engines(both: Database, sqlite: SqliteDatabase) -> None:
    """Every value counts, and no engine writes it another way."""
    for database in (both, sqlite):
        migrate(database)
        fill(database)

    assert digests(both) == digests(sqlite)


def test_a_digest_tells_values_apart() -> None:
    """None from nothing, bytes from text, and where one column ends."""
    table = Table("t", {"a": "text", "b": "text"}, ("a",))
    rows = [("", None), (None, ""), ("", ""), ("ab", ""), ("a", "b"), ("None", ""), (b"ab", "")]

    assert len({table.digest({"a": a, "b": b}) for a, b in rows}) == len(rows)


def digests(database: Database) -> dict[str, list[int]]:
    """Return the digests of all rows by table."""
    with database.reading() as tx:
        return {
            table.name: sorted(table.digest(row) for batch in table.batches(tx) for row in batch)
            for table in tables(database)
        }
