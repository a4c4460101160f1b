"""What a process knows of the named keys."""

import hmac
import time

import pytest
import structlog
from starlette.datastructures import Headers

from quell.access.keyring import Keyring
from quell.access.service import KeyService
from quell.database.base import Database
from quell.errors import ServerBusy
from quell.http.auth import KEY_HEADER, Principal, Refusal


class Clock:
    """Stands still until it is moved."""

    now = 1_700_000_100_000_000

    def __call__(self) -> int:
        """Return the time in microseconds."""
        return self.now


def asked(keyring: Keyring, key: str) -> Principal | None:
    """Return who comes with a key."""
    found = keyring.identify(Headers({KEY_HEADER: key}))
    assert isinstance(found, Refusal) or keyring.accepts(Headers({KEY_HEADER: key}))
    return found if isinstance(found, Principal) else None


@pytest.fixture
def clock() -> Clock:
    """Return a clock."""
    return Clock()


@pytest.fixture
def keyring(database: Database, clock: Clock) -> Keyring:
    """Return the keyring of another process."""
    return Keyring(database, clock)


def test_a_key_counts_once_it_was_looked_for(keyring: Keyring, keys: KeyService) -> None:
    """Made, rotated and removed: the next look sees it, with name, roles and rate."""
    first = keys.add("desk", ["read"], "S0")
    assert asked(keyring, first) is None

    keyring.refresh()
    found = asked(keyring, first)
    assert found is not None
    assert (found.name, found.roles, found.rate) == ("desk", {"read"}, "S0")

    second = keys.rotate("desk")
    keyring.refresh()
    assert (asked(keyring, first), asked(keyring, second)) == (None, found_with(found, second))

    keys.remove("desk")
    keyring.refresh()
    assert asked(keyring, second) is None


def found_with(principal: Principal, key: str) -> Principal:
    """Return the same principal under another key."""
    from quell.access.domain import digest_of  # noqa: PLC0415 - only to build what is expected

    return Principal(principal.name, principal.roles, principal.rate, digest_of(key))


def test_the_key_before_a_rotation_ends_when_it_was_said(
    keyring: Keyring, keys: KeyService, clock: Clock
) -> None:
    """Within the grace both open; after it only the new one does."""
    first = keys.add("desk", ["read"])
    second = keys.rotate("desk", grace=3600)
    keyring.refresh()

    assert asked(keyring, first) is not None
    clock.now += 3_700_000_000
    assert asked(keyring, first) is None
    assert asked(keyring, second) is not None


def test_a_wrong_key_is_found_in_no_shorter_way(
    keyring: Keyring, keys: KeyService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only digests of one length are compared, so a key that begins like a valid one is like any other."""
    key = keys.add("desk", ["read"])
    keyring.refresh()
    compared: list[tuple[int, int]] = []
    real = hmac.compare_digest

    def watch(left: bytes, right: bytes) -> bool:
        compared.append((len(left), len(right)))
        return real(left, right)

    monkeypatch.setattr("quell.access.keyring.hmac.compare_digest", watch)

    assert [asked(keyring, wrong) for wrong in (key[:-1], key[:-1] + "x", "", key.upper() + "Z")] == [
        None
    ] * 4
    assert asked(keyring, key) is not None
    assert set(compared) == {(32, 32)}


def test_the_thread_follows_and_survives_a_database_that_is_away(
    database: Database, keys: KeyService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the database fails the keys of before stay valid, and it is said once; then news come again."""
    keyring = Keyring(database, Clock(), seconds=0.01)
    first = keys.add("desk", ["read"])
    keyring.start()
    wait_for(keyring, first)
    real = keyring.refresh
    failures = 0

    def fail() -> None:
        nonlocal failures
        failures += 1
        raise ServerBusy

    with structlog.testing.capture_logs() as logs:
        monkeypatch.setattr(keyring, "refresh", fail)
        while failures < 5:
            time.sleep(0.01)
        monkeypatch.setattr(keyring, "refresh", real)
    assert asked(keyring, first) is not None
    assert len(logs) == 1

    wait_for(keyring, keys.add("other", ["manage"]))
    keyring.close()


def test_a_change_whose_reading_failed_is_read_at_the_next_look(
    keyring: Keyring, keys: KeyService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That a key was touched is told once; one that was taken back must not stay valid for it."""
    key = keys.add("desk", ["read"])
    keyring.refresh()
    keys.remove("desk")

    with monkeypatch.context() as patched:
        patched.setattr(keyring._store, "list", lambda _: (_ for _ in ()).throw(ServerBusy))
        with pytest.raises(ServerBusy):
            keyring.refresh()
    assert asked(keyring, key) is not None
    keyring.refresh()

    assert asked(keyring, key) is None


def wait_for(keyring: Keyring, key: str) -> None:
    """Return when a key is known; fail after ten seconds."""
    deadline = time.monotonic() + 10
    while asked(keyring, key) is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
