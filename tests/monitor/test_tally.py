"""Counting in memory."""

from quell.monitor.domain import HOUR, OPEN_KINDS, REST, Key
from quell.monitor.tally import WAITING_HOURS, Tally


class Hand:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100 * HOUR

    def __call__(self) -> int:
        """Return the time."""
        return self.now


def test_a_request_is_counted_by_its_class_and_its_latency() -> None:
    """A request without an answer has no class."""
    tally = Tally(Hand())
    tally.request("Op", 204, 12.0)
    tally.request("Op", 200, 13.0)
    tally.request("Op", 0, 1.0)

    assert tally.counts() == {
        Key(100, "request", "Op/2xx"): 2,
        Key(100, "request", "Op/none"): 1,
        Key(100, "latency", "Op/15"): 2,
        Key(100, "latency", "Op/1"): 1,
    }


def test_a_hit_of_an_incident_is_counted_in_its_five_minutes_as_well() -> None:
    """What is counted together with others in the hour is so in the five minutes."""
    clock = Hand()
    tally = Tally(clock)
    tally.incident("text", "scam")
    clock.now += HOUR - 1
    tally.incident("text", "scam")

    assert tally.counts() == {
        Key(100, "incident", "text/scam"): 2,
        Key(100, "recent", "text/scam/0"): 1,
        Key(100, "recent", "text/scam/11"): 1,
    }


def test_verdicts_and_labels_are_counted() -> None:
    """A verdict by its worst severity, or as matched whatever that is; a label by its reviewer."""
    tally = Tally(Hand())
    tally.verdict("text", 4, matched=False)
    tally.verdict("text", 6, matched=True)
    tally.review("mail", "Refund/Money")

    assert tally.counts() == {
        Key(100, "verdict", "text/4"): 1,
        Key(100, "verdict", "text/match"): 1,
        Key(100, "review", "mail/Refund/Money"): 1,
    }


def test_taking_begins_anew_and_putting_back_adds() -> None:
    """What could not be stored is counted with what came meanwhile."""
    tally = Tally(Hand())
    tally.severity("text", "Hate", 4)
    taken = tally.take()
    assert tally.counts() == {}
    tally.severity("text", "Hate", 4)
    tally.put_back(taken)

    assert tally.counts() == {Key(100, "severity", "text/Hate/4"): 2}


def test_names_that_clients_make_are_bounded_by_the_hour() -> None:
    """The names beyond the bound are counted together, those known stay apart, a new hour begins anew."""
    clock = Hand()
    tally = Tally(clock)
    for number in range(OPEN_KINDS["term"] + 3):
        tally.term("list", f"id-{number}")
    tally.term("list", "id-0")
    counts = tally.take()
    assert len(counts) == OPEN_KINDS["term"] + 1
    assert counts[Key(100, "term", REST)] == 3
    assert counts[Key(100, "term", "list/id-0")] == 2

    tally.term("list", "beyond")
    clock.now += HOUR
    tally.term("list", "beyond")

    assert tally.counts() == {Key(100, "term", REST): 1, Key(101, "term", "list/beyond"): 1}


def test_counts_do_not_wait_for_ever() -> None:
    """Memory is bounded while the database cannot be written to."""
    clock = Hand()
    tally = Tally(clock)
    tally.incident("text", "scam")
    taken = tally.take()
    clock.now += WAITING_HOURS * HOUR
    tally.put_back(taken)

    assert tally.counts() == {}
