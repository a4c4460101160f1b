"""What counts say."""

import pytest

from quell.monitor.domain import (
    BOUNDS,
    REST,
    TOP,
    Hits,
    Latency,
    Requests,
    Severities,
    bound,
    figures,
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

    assert (found.total, found.rejected, found.failed) == (7, 1, 1)
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


def test_nothing_counted_is_nothing_told() -> None:
    """There is no latency of no requests."""
    found = figures([])

    assert (found.total, found.latency, found.terms) == (0, None, [])
