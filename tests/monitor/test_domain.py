"""What counts say."""

import pytest

from quell.monitor.domain import (
    BOUNDS,
    HOUR,
    REST,
    SLOT,
    TOP,
    Hits,
    IncidentHits,
    Key,
    Latency,
    Rejects,
    Requests,
    Severities,
    Verdicts,
    bound,
    figures,
    incident_hits,
    percentile,
)


@pytest.mark.parametrize(
    ("milliseconds", "expected"), [(0.0, 1), (1.0, 1), (1.01, 2), (149.0, 150), (150.0, 150), (9e9, 600_000)]
)
def test_a_latency_is_counted_by_the_first_bound_that_it_does_not_exceed(
    milliseconds: float, expected: int
) -> None:
    """What is beyond the last bound is counted by the last."""
    assert bound(milliseconds) == expected


def test_bounds_rise() -> None:
    """Otherwise the search for one would not find it."""
    assert list(BOUNDS) == sorted(set(BOUNDS))


def test_percentiles_are_the_bounds_that_a_share_does_not_exceed() -> None:
    """Of a hundred latencies the 95th is still in the middle bound, the 96th is not."""
    counts = {10: 50, 100: 45, 1000: 5}

    assert [percentile(counts, share) for share in (0.5, 0.51, 0.95, 0.96, 1.0)] == [10, 100, 100, 1000, 1000]


def test_figures_add_up_what_hours_have_in_common() -> None:
    """The same name of several hours is one figure."""
    found = figures(
        [
            ("request", "Op_A/2xx", 2),
            ("request", "Op_A/2xx", 3),
            ("request", "Op_A/4xx", 1),
            ("request", "Op_B/5xx", 1),
            ("latency", "Op_A/10", 5),
            ("latency", "Op_A/500", 1),
            ("latency", "Op_B/20", 1),
            ("severity", "text/Hate/4", 7),
        ]
    )

    assert (found.total, found.refused, found.failed) == (7, 1, 1)
    assert found.requests == [
        Requests("Op_A", "2xx", 5),
        Requests("Op_A", "4xx", 1),
        Requests("Op_B", "5xx", 1),
    ]
    assert found.latencies == [Latency("Op_A", 6, 10, 500, 500), Latency("Op_B", 1, 20, 20, 20)]
    assert found.latency == Latency("", 7, 10, 500, 500)
    assert found.severities == [Severities("text", "Hate", 4, 7)]


def test_the_most_hits_come_first_and_the_fewest_are_left_out() -> None:
    """An item's id may hold a slash; the rest has a name that nothing else can have."""
    counted = [("term", f"list/item/{number:02}", number) for number in range(1, TOP + 5)]
    found = figures([*counted, ("incident", "text/scam", 1), ("incident", REST, 2)])

    assert len(found.terms) == TOP
    assert found.terms[0] == Hits("list", f"item/{TOP + 4}", TOP + 4)
    assert found.incidents == [Hits("*", "*", 2), Hits("text", "scam", 1)]


def test_rejects_are_the_severities_from_one_on() -> None:
    """By category, from the same counts as the distribution."""
    found = figures(
        [
            ("severity", "image/Sexual/6", 1),
            ("severity", "text/Hate/0", 7),
            ("severity", "text/Hate/3", 2),
            ("severity", "text/Hate/4", 1),
        ]
    )

    assert found.rejects(4) == [Rejects("image", "Sexual", 1, 1), Rejects("text", "Hate", 10, 1)]
    assert found.rejects(3)[1] == Rejects("text", "Hate", 10, 3)


def test_a_verdict_is_rejected_by_a_match_or_by_its_worst_severity() -> None:
    """A match rejects at every severity asked about."""
    found = figures(
        [
            ("verdict", "image/0", 3),
            ("verdict", "text/2", 5),
            ("verdict", "text/4", 2),
            ("verdict", "text/match", 1),
        ]
    )

    assert found.verdicts(4) == [Verdicts("image", 3, 0, 0), Verdicts("text", 8, 3, 1)]
    assert found.verdicts(5)[1] == Verdicts("text", 8, 1, 1)


def test_labels_are_told_by_their_reviewer() -> None:
    """A label may hold a slash, the name of a reviewer cannot."""
    assert figures([("review", "mail/Refund/Money", 2)]).reviews == [Hits("mail", "Refund/Money", 2)]


def test_the_last_hour_of_an_incident_is_sixty_minutes_and_not_the_hour_of_the_clock() -> None:
    """At two minutes past, hits of fifty minutes ago count; those of more than an hour ago do not."""
    now = 100 * HOUR + 2 * 60_000_000
    counts = {
        Key(98, "incident", "text/quiet"): 1,
        Key(99, "incident", "text/scam"): 9,
        Key(99, "recent", "text/scam/0"): 5,
        Key(99, "recent", "text/scam/2"): 4,
        Key(100, "incident", "text/scam"): 1,
        Key(100, "recent", "text/scam/0"): 1,
    }
    found = incident_hits(counts, now)

    assert SLOT * 12 == HOUR
    assert found == [
        IncidentHits("text", "scam", 5, {99 * HOUR: 9, 100 * HOUR: 1}),
        IncidentHits("text", "quiet", 0, {98 * HOUR: 1}),
    ]
    assert found[0].count == 10


def test_nothing_counted_is_nothing_told() -> None:
    """There is no latency of no requests."""
    found = figures([])

    assert (found.total, found.latency, found.terms) == (0, None, [])
