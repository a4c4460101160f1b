"""What every database driver keeps to."""

import threading

import pytest

from quell.database import changes
from quell.database.base import Database
from quell.database.migrate import migrate
from quell.errors import QuellError

ADD = "insert into note (id, body) values (:id, :body)"
ALL = "select id, body from note order by id"


class Interrupted(Exception):
    """Stands for anything that goes wrong in the middle."""


def add(database: Database, number: int, body: str = "a note") -> None:
    """Store one note."""
    with database.transaction() as tx:
        tx.execute(ADD, {"id": number, "body": body})


def ids(database: Database) -> list[int]:
    """Return the ids of all notes."""
    with database.reading() as tx:
        return [row["id"] for row in tx.fetch_all(ALL)]


def test_a_committed_transaction_is_seen_by_readers(database: Database) -> None:
    """What a transaction wrote is there after its block."""
    add(database, 1)

    assert ids(database) == [1]


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    """When the block raises, nothing of it is kept, and the database can be written again."""

    def fail() -> None:
        with database.transaction() as tx:
            tx.execute(ADD, {"id": 1, "body": "lost"})
            raise Interrupted

    with pytest.raises(Interrupted):
        fail()
    add(database, 2)

    assert ids(database) == [2]


def test_a_failed_statement_leaves_nothing(database: Database) -> None:
    """An error of the driver undoes what the same transaction wrote before, and surfaces as ours."""
    add(database, 1)
    rows = [{"id": 2, "body": "lost"}, {"id": 1, "body": "there already"}]
    with pytest.raises(QuellError), database.transaction() as tx:
        tx.execute_many(ADD, rows)

    assert ids(database) == [1]


def test_errors_of_a_statement_surface_as_ours(database: Database) -> None:
    """A statement that the engine cannot run raises an error of the catalogue, without quoting values."""
    with pytest.raises(QuellError) as caught, database.reading() as tx:
        tx.fetch_all("select secret from nowhere where id = :id", {"id": "private words"})

    assert "private words" not in caught.value.message


def test_uncommitted_writes_are_not_seen(database: Database) -> None:
    """A reader does not see a transaction that is not finished, and does not wait for it."""
    with database.transaction() as tx:
        tx.execute(ADD, {"id": 1, "body": "not yet"})
        seen = ids(database)

    assert seen == []


def test_a_reading_transaction_sees_one_state(database: Database) -> None:
    """A commit in between changes nothing for a reader that has begun to read."""
    add(database, 1)
    with database.reading() as tx:
        before = tx.fetch_all(ALL)
        add(database, 2)
        after = tx.fetch_all(ALL)

    assert before == after


def test_values_come_back_as_they_were_stored(database: Database) -> None:
    """Text with any characters, bytes, fractions and the absence of a value survive the round trip."""
    values = {"id": 2**53, "body": "naïve 中文 🎈 \u200b'; --", "bytes": bytes(range(256)), "amount": 0.1}
    with database.transaction() as tx:
        tx.execute("insert into note (id, body, bytes, amount) values (:id, :body, :bytes, :amount)", values)
        tx.execute("insert into note (id, body) values (:id, :body)", {"id": 1, "body": ""})

    with database.reading() as tx:
        rows = tx.fetch_all("select id, body, bytes, amount from note order by id desc")
    assert [dict(row) for row in rows] == [values, {"id": 1, "body": "", "bytes": None, "amount": None}]


def test_execute_tells_how_many_rows_it_touched(database: Database) -> None:
    """An update or deletion that finds nothing says 0."""
    add(database, 1)

    with database.transaction() as tx:
        touched = [tx.execute("delete from note where id = :id", {"id": number}) for number in (1, 1)]
    assert touched == [1, 0]


def test_execute_many_runs_once_per_row(database: Database) -> None:
    """Every row of parameters is stored."""
    with database.transaction() as tx:
        tx.execute_many(ADD, ({"id": number, "body": "one of many"} for number in range(5)))

    assert ids(database) == [0, 1, 2, 3, 4]


def test_fetch_one_returns_none_when_nothing_is_found(database: Database) -> None:
    """No row is None, not an error."""
    with database.reading() as tx:
        assert tx.fetch_one(ALL) is None


def test_deleting_a_parent_deletes_its_children(database: Database) -> None:
    """Foreign keys cascade."""
    with database.transaction() as tx:
        tx.execute("create table parent (id bigint primary key)")
        tx.execute("create table child (parent bigint not null references parent (id) on delete cascade)")
        tx.execute("insert into parent (id) values (1)")
        tx.execute("insert into child (parent) values (1)")
        tx.execute("delete from parent")
        left = tx.fetch_all("select parent from child")

    assert left == []


def test_the_marker_changes_with_a_commit(database: Database) -> None:
    """Any commit, one of this process included, gives another marker."""
    before = database.marker()
    add(database, 1)

    assert database.marker() != before


def test_the_marker_stays_without_a_commit(database: Database) -> None:
    """Reading and failed transactions do not change the marker."""
    before = database.marker()
    ids(database)
    with pytest.raises(Interrupted), database.transaction():
        raise Interrupted

    assert database.marker() == before


def test_writers_wait_for_each_other(database: Database) -> None:
    """Read-then-write transactions of many threads lose no update."""
    add(database, 1, "0")

    def count() -> None:
        for _ in range(20):
            with database.transaction() as tx:
                row = tx.fetch_one(ALL)
                assert row is not None
                tx.execute("update note set body = :body", {"body": str(int(row["body"]) + 1)})

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.reading() as tx:
        assert tx.fetch_all(ALL) == [{"id": 1, "body": "80"}]


def test_what_is_shared_is_seen_all_together_or_not_at_all(database: Database) -> None:
    """A transaction beside others is kept whole, and undone when its block raises."""
    with database.sharing() as tx:
        tx.execute(ADD, {"id": 1, "body": "kept"})

    def fail() -> None:
        with database.sharing() as tx:
            tx.execute(ADD, {"id": 2, "body": "lost"})
            raise Interrupted

    with pytest.raises(Interrupted):
        fail()
    assert ids(database) == [1]


def test_migrating_twice_changes_nothing(database: Database) -> None:
    """The schema can be brought up to date any number of times."""
    with database.reading() as tx:
        before = tx.fetch_all("select version, name, applied from schema_version")
    migrate(database)

    with database.reading() as tx:
        assert tx.fetch_all("select version, name, applied from schema_version") == before


def test_ping_answers(database: Database) -> None:
    """A database that works answers a ping without an error."""
    database.ping()


def test_changes_come_in_order_after_a_number(database: Database) -> None:
    """Who has seen the first change is told the later ones, oldest first."""
    with database.transaction() as tx:
        first = changes.record(tx, "kind", "one")
        changes.record(tx, "kind", "two")
        changes.record(tx, "other", "three")

    with database.reading() as tx:
        news = changes.since(tx, first)
    assert [(change.kind, change.key) for change in news.items] == [("kind", "two"), ("other", "three")]
    assert news.complete
    assert news.latest == first + 2


def test_an_undone_change_leaves_no_gap(database: Database) -> None:
    """A change whose transaction failed is not counted, so later readers miss nothing."""

    def fail() -> None:
        with database.transaction() as tx:
            changes.record(tx, "kind", "undone")
            raise Interrupted

    with pytest.raises(Interrupted):
        fail()
    with database.transaction() as tx:
        changes.record(tx, "kind", "done")

    with database.reading() as tx:
        news = changes.since(tx, 0)
    assert [change.key for change in news.items] == ["done"]
    assert news.complete


def test_who_lags_behind_the_pruned_part_is_told_so(database: Database) -> None:
    """When rows a reader has not seen are pruned, it has to start afresh."""
    with database.transaction() as tx:
        for number in range(5):
            changes.record(tx, "kind", str(number), keep=3)

    with database.reading() as tx:
        lagging, current = changes.since(tx, 1), changes.since(tx, 2)
    assert (lagging.complete, lagging.items, lagging.latest) == (False, (), 5)
    assert current.complete
    assert [change.key for change in current.items] == ["2", "3", "4"]


def test_who_is_ahead_of_the_database_is_told_so(database: Database) -> None:
    """A reader that remembers more than there is (an older copy was restored) has to start afresh."""
    with database.reading() as tx:
        assert not changes.since(tx, 7).complete
