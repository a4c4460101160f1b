"""Who is signed in, in the database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from quell.database.base import Database
from quell.database.migrate import migrate
from quell.database.opening import open_database
from quell.studio import sessions as module
from quell.studio.sessions import IDLE, LIFETIME, NOTED, Session, Sessions
from tests.databases import database_url

KEY = "0123456789abcdef0123456789abcdef"


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = 50 * LIFETIME

    def __call__(self) -> int:
        """Return the time."""
        return self.now


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Return a database with the newest schema."""
    opened = open_database(tmp_path, database_url(tmp_path), durability="normal")
    migrate(opened)
    yield opened
    opened.close()


@pytest.mark.parametrize(("step", "alive"), [(IDLE - 1, True), (IDLE + 1, False)])
def test_a_session_ends_when_it_is_not_used(database: Database, step: int, alive: bool) -> None:
    """Two idle hours end it."""
    clock = Clock()
    sessions = Sessions(database, clock)
    identity = sessions.begin(KEY)

    clock.now += step

    assert (sessions.find(identity) is not None) is alive


def test_a_session_ends_after_its_time_even_when_used(database: Database) -> None:
    """Use does not prolong it beyond its lifetime."""
    clock = Clock()
    sessions = Sessions(database, clock)
    identity, born = sessions.begin(KEY), clock.now

    while clock.now < born + LIFETIME:
        assert sessions.find(identity) is not None
        clock.now += IDLE // 2
    clock.now = born + LIFETIME + 1

    assert sessions.find(identity) is None


def test_sessions_are_bounded_and_the_least_used_give_way(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One more sign-in than there may be ends the session that was used least recently, on every server."""
    monkeypatch.setattr(module, "MAX_SESSIONS", 3)
    clock = Clock()
    sessions = Sessions(database, clock)
    first, second, third = (sessions.begin(KEY) for _ in range(3))
    clock.now += NOTED + 1
    for identity in (first, third):
        sessions.find(identity)

    fourth = Sessions(database, clock).begin(KEY)

    alive = [sessions.find(identity) is not None for identity in (first, second, third, fourth)]
    assert alive == [True, False, True, True]


def test_a_sign_in_ends_the_session_before_and_clears_those_that_ended(database: Database) -> None:
    """What is over does not stay in the database."""
    clock = Clock()
    sessions = Sessions(database, clock)
    sessions.begin(KEY)
    clock.now += IDLE + 1
    replaced = sessions.begin(KEY)
    last = sessions.begin(KEY, replaced)
    with database.reading() as tx:
        rows = tx.fetch_all("select digest from studio_session")

    assert sessions.find(replaced) is None
    assert sessions.find(last) is not None
    assert len(rows) == 1


def test_the_database_can_neither_open_a_key_nor_become_a_session(database: Database) -> None:
    """It has neither the id nor the key; a row under another id opens nothing."""
    sessions = Sessions(database, Clock())
    identity = sessions.begin(KEY)
    with database.reading() as tx:
        row = dict(tx.fetch_all("select * from studio_session")[0])
    kept = str(row)
    with database.transaction() as tx:
        tx.execute("update studio_session set digest = :digest", {"digest": module._digest("planted")})

    assert identity not in kept
    assert KEY not in kept
    assert sessions.find("planted") is None
    assert sessions.find(str(row["digest"])) is None


def test_a_session_says_nothing_of_itself_in_a_log() -> None:
    """Neither the key nor the token is in its representation."""
    session = Session.of("identity", KEY)

    assert repr(session) == "Session()"


def test_use_is_noted_once_a_minute(database: Database) -> None:
    """A page with many calls writes once."""
    clock = Clock()
    sessions = Sessions(database, clock)
    identity = sessions.begin(KEY)
    before = database.marker()
    for _ in range(3):
        clock.now += NOTED // 4
        sessions.find(identity)
    assert database.marker() == before
    clock.now += NOTED
    sessions.find(identity)

    assert database.marker() != before


def test_ids_beyond_all_measure_are_not_looked_up(database: Database) -> None:
    """An empty one, a very long one and one that is no text find nothing."""
    sessions = Sessions(database, Clock())

    assert [sessions.find(identity) for identity in ("", "x" * 5_000, "\ud800")] == [None, None, None]
