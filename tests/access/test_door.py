"""The door: several ways in, and the lock."""

from starlette.datastructures import Headers

from quell.access.door import Door
from quell.access.lockout import Lockout
from quell.errors import AccessDenied, QuellError, ServerBusy
from quell.http.auth import KEY_HEADER, Principal, Refusal, SubscriptionKeys

KEY = "first-key"
RIGHT, WRONG, NONE = Headers({KEY_HEADER: KEY}), Headers({KEY_HEADER: "wrong"}), Headers({})


class Clock:
    """Stands still until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.now


class Way:
    """Answers always the same."""

    def __init__(self, answer: Principal | QuellError) -> None:
        self._answer = answer if isinstance(answer, Principal) else Refusal(answer)

    def identify(self, headers: Headers, address: str = "") -> Principal | Refusal:
        """Return the answer."""
        return self._answer

    def accepts(self, headers: Headers, address: str = "") -> bool:
        """Whether the answer is a principal."""
        return isinstance(self._answer, Principal)


def locked(door: Door, headers: Headers, address: str = "192.0.2.7") -> int:
    """Return the status that a request gets at the door, 200 for let in."""
    found = door.identify(headers, address)
    return 200 if isinstance(found, Principal) else found.error.status


def test_either_way_opens() -> None:
    """Whoever is known on one way is let in."""
    holder = Principal("holder")
    door = Door([Way(AccessDenied()), Way(holder)])

    assert (door.identify(NONE), door.accepts(NONE)) == (holder, True)


def test_a_refusal_that_says_more_than_401_is_told() -> None:
    """Where one way would open in a second, the client hears it."""
    found = Door([Way(AccessDenied()), Way(ServerBusy(retry_after=1)), Way(AccessDenied())]).identify(NONE)

    assert isinstance(found, Refusal)
    assert found.error.status == 503


def test_no_lock_unless_it_was_asked_for() -> None:
    """By default wrong keys are refused one by one, and the right one opens after any number."""
    door = Door([SubscriptionKeys([KEY])])

    assert {locked(door, WRONG) for _ in range(1_000)} == {401}
    assert locked(door, RIGHT) == 200


def test_too_many_wrong_keys_lock_the_address_for_a_while() -> None:
    """Locked out is 429 with the seconds to wait, for the right key too; others are not touched."""
    clock = Clock()
    door = Door([SubscriptionKeys([KEY])], Lockout(3, 60, clock))

    assert [locked(door, WRONG) for _ in range(4)] == [401, 401, 401, 429]
    assert (locked(door, RIGHT), locked(door, RIGHT, "192.0.2.8")) == (429, 200)
    refusal = door.identify(RIGHT, "192.0.2.7")
    assert isinstance(refusal, Refusal)
    assert refusal.error.retry_after == 60
    clock.now = 60.0
    assert locked(door, RIGHT) == 200


def test_a_request_without_a_key_is_no_wrong_key() -> None:
    """Health checks that forget the key lock nobody out."""
    door = Door([SubscriptionKeys([KEY])], Lockout(1, 60, Clock()))

    assert {locked(door, NONE) for _ in range(10)} == {401}
    assert locked(door, RIGHT) == 200


def test_failures_long_apart_do_not_add_up() -> None:
    """Three typing errors in a week are none of guessing."""
    clock = Clock()
    door = Door([SubscriptionKeys([KEY])], Lockout(3, 60, clock))
    for _ in range(10):
        assert locked(door, WRONG) == 401
        clock.now += 61

    assert locked(door, RIGHT) == 200


def test_an_ipv6_network_is_one_address_and_mapped_ipv4_is_ipv4() -> None:
    """Nobody gets fresh tries by counting up the half of an address that is theirs."""
    lockout = Lockout(1, 60, Clock())
    lockout.failed("2001:db8:1:2::1")
    lockout.failed("::ffff:192.0.2.1")

    assert lockout.wait("2001:db8:1:2:ffff::9") == 60
    assert lockout.wait("192.0.2.1") == 60
    assert lockout.wait("2001:db8:1:3::1") == lockout.wait("192.0.2.2") == 0


def test_the_memory_of_the_lock_is_bounded() -> None:
    """The address that failed least recently is forgotten."""
    lockout = Lockout(1, 60, Clock(), room=2)
    for address in ("192.0.2.1", "192.0.2.2", "192.0.2.3"):
        lockout.failed(address)

    assert [lockout.wait(f"192.0.2.{number}") > 0 for number in (1, 2, 3)] == [False, True, True]
