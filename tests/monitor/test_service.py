"""Counts between memory and the database."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from quell.database import changes
from quell.database.base import Database, Transaction
from quell.database.migrate import migrate
from quell.database.opening import open_database
from quell.errors import ServerBusy
from quell.monitor.domain import HOUR, KEPT_HOURS, Hits
from quell.monitor.service import Monitor
from tests.databases import database_url
from tests.monitor.test_tally import Hand


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Return a database with the newest schema."""
    opened = open_database(tmp_path, database_url(tmp_path), durability="normal")
    migrate(opened)
    yield opened
    opened.close()


class Failing:
    """A database that refuses to be written to as often as it is told."""

    def __init__(self, database: Database, failures: int) -> None:
        self._database = database
        self.failures = failures
        self.written = threading.Event()
        self.reading = database.reading

    @contextmanager
    def sharing(self) -> Iterator[Transaction]:
        """Refuse, or write."""
        if self.failures:
            self.failures -= 1
            raise ServerBusy
        with self._database.sharing() as tx:
            yield tx
        self.written.set()


def hits(monitor: Monitor, hours: int = KEPT_HOURS) -> list[Hits]:
    """Return the hits of incidents in a span."""
    return list(monitor.report(hours).total.incidents)


def test_servers_on_one_database_add_up(database: Database) -> None:
    """Each adds what it counted; what is not flushed yet only its own server knows."""
    clock = Hand()
    first, second = Monitor(database, clock), Monitor(database, clock)
    for monitor in (first, second, first):
        monitor.tally.incident("text", "scam")
        monitor.flush()
    second.tally.incident("text", "scam")

    assert hits(first) == [Hits("text", "scam", 3)]
    assert hits(second) == [Hits("text", "scam", 4)]


def test_hours_are_told_apart_and_the_span_ends_with_the_present_one(database: Database) -> None:
    """An hour without counts is left out; one before the span is not part of the total."""
    clock = Hand()
    monitor = Monitor(database, clock)
    for _ in range(2):
        monitor.tally.incident("text", "scam")
        clock.now += 2 * HOUR
    monitor.flush()
    report = monitor.report(3)

    assert (report.since, list(report.hours)) == (102 * HOUR, [102 * HOUR])
    assert report.total.incidents == [Hits("text", "scam", 1)]
    assert list(monitor.report(5).hours) == [100 * HOUR, 102 * HOUR]


def test_old_hours_are_forgotten(database: Database) -> None:
    """At the first flush of an hour the one that became too old goes."""
    clock = Hand()
    monitor = Monitor(database, clock)
    monitor.tally.incident("text", "old")
    monitor.flush()
    clock.now += KEPT_HOURS * HOUR
    monitor.tally.incident("text", "new")
    monitor.flush()
    with database.reading() as tx:
        rows = tx.fetch_all("select name from monitor_hour where kind = 'incident'")

    assert [row["name"] for row in rows] == ["text/new"]


def test_hits_by_five_minutes_are_kept_for_two_hours_and_are_in_no_report_by_hour(
    database: Database,
) -> None:
    """They say what the last hour is, added up over servers, and then go."""
    clock = Hand()
    first, second = Monitor(database, clock), Monitor(database, clock)
    for monitor in (first, second):
        monitor.tally.incident("text", "scam")
    first.flush()
    clock.now += HOUR - 1
    assert [(one.name, one.last_hour, one.count) for one in second.incidents(24)] == [("scam", 2, 2)]
    second.flush()
    clock.now += 2 * HOUR
    first.tally.incident("image", "scam")
    first.flush()
    with database.reading() as tx:
        kept = tx.fetch_all("select name from monitor_hour where kind = 'recent'")

    assert hits(first) == [Hits("text", "scam", 2), Hits("image", "scam", 1)]
    assert [row["name"] for row in kept] == ["image/scam/11"]
    assert [(one.medium, one.last_hour, one.count) for one in first.incidents(24)] == [
        ("text", 0, 2),
        ("image", 1, 1),
    ]


def test_nothing_is_written_for_nothing_and_nobody_is_told_of_a_flush(database: Database) -> None:
    """An idle server does not touch the database, and counts are no change to read again."""
    monitor = Monitor(database, Hand())
    before = database.marker()
    monitor.flush()
    assert database.marker() == before
    monitor.tally.incident("text", "scam")
    monitor.flush()
    with database.reading() as tx:
        assert changes.latest(tx) == 0


def test_what_cannot_be_stored_is_kept_until_it_can(database: Database) -> None:
    """A database that is busy loses no count."""
    failing = Failing(database, failures=1)
    monitor = Monitor(failing, Hand())  # type: ignore[arg-type]  # what the monitor uses of a database
    monitor.tally.incident("text", "scam")
    with pytest.raises(ServerBusy):
        monitor.flush()
    assert hits(monitor) == [Hits("text", "scam", 1)]
    monitor.flush()

    assert hits(Monitor(database, Hand())) == [Hits("text", "scam", 1)]


def test_counts_are_stored_while_it_runs_whatever_failed_before(database: Database) -> None:
    """The thread outlives a refusal and stores at its next turn."""
    failing = Failing(database, failures=2)
    monitor = Monitor(failing, Hand(), seconds=0.01)  # type: ignore[arg-type]  # see above
    monitor.tally.incident("text", "scam")
    monitor.start()
    stored = failing.written.wait(30)
    monitor.close()

    assert stored
    assert hits(Monitor(database, Hand())) == [Hits("text", "scam", 1)]


def test_closing_stores_the_rest(database: Database) -> None:
    """A server that stops loses nothing; one that never began to flush, as a command, stores nothing."""
    clock = Hand()
    server, command = Monitor(database, clock), Monitor(database, clock)
    server.start()
    for monitor in (server, command):
        monitor.tally.incident("text", "scam")
        monitor.close()

    assert hits(Monitor(database, clock)) == [Hits("text", "scam", 1)]


def test_a_monitor_that_is_off_hears_nothing(database: Database) -> None:
    """Its witness forgets; what was stored before can still be read."""
    clock = Hand()
    before = Monitor(database, clock)
    before.witness.incident("text", "scam")
    before.flush()
    off = Monitor(database, clock, enabled=False)
    off.start()
    off.witness.incident("text", "scam")
    off.witness.severity("text", "Hate", 2)
    off.witness.term("list", "item")
    off.witness.verdict("text", 4, matched=False)
    off.witness.review("mail", "Refund")
    off.close()

    assert off.tally.counts() == {}
    assert (off.report(1).enabled, hits(off)) == (False, [Hits("text", "scam", 1)])
