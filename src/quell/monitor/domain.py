"""Counts by hour and what they say: requests, latencies, severities, incidents, terms.

A count has an hour (hours since 1970, UTC), a kind, and a name in that kind:

    request    operation/2xx          latency    operation/150 (milliseconds, at most)
    severity   text/Hate/4            incident   text/ticket-scam
    term       blocklist/item-id
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

HOUR = 3_600_000_000
"""An hour in microseconds."""

KEPT_HOURS = 31 * 24
"""Hours that are kept, the present one included."""

OPEN_KINDS = {"incident": 200, "term": 200}
"""Kinds whose names clients make, and how many different names of an hour one server counts apart."""

REST = "*/*"
"""The name under which the names beyond that are counted together; no resource can be called so."""

TOP = 20
"""Incidents, and terms, that are told of an hour: those with the most hits."""

# fmt: off
BOUNDS: tuple[int, ...] = (
    1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700,
    1_000, 1_500, 2_000, 3_000, 5_000, 7_000, 10_000, 15_000, 20_000, 30_000, 60_000, 600_000,
)
# fmt: on
"""Latencies are counted by the first of these, in milliseconds, that they do not exceed; else by the last."""


class Key(NamedTuple):
    """What is counted."""

    hour: int
    kind: str
    name: str


Counts = Mapping[Key, int]


@dataclass(frozen=True, slots=True)
class Requests:
    """How many requests for an operation ended so: `2xx` to `5xx`, or `none` where no answer began."""

    operation: str
    status_class: str
    count: int


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds within which half, 95% and 99% of the answers were sent; upper bounds of `BOUNDS`."""

    operation: str
    count: int
    p50: int
    p95: int
    p99: int


@dataclass(frozen=True, slots=True)
class Severities:
    """How many texts or images were given a severity in a category."""

    medium: str
    category: str
    severity: int
    count: int


@dataclass(frozen=True, slots=True)
class Hits:
    """How often something was hit: an incident of a medium, or an item of a blocklist."""

    of: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted, in one hour or in several; `latency` is over all operations, None without any."""

    requests: Sequence[Requests]
    latency: Latency | None
    latencies: Sequence[Latency]
    severities: Sequence[Severities]
    incidents: Sequence[Hits]
    terms: Sequence[Hits]

    @property
    def total(self) -> int:
        """All requests."""
        return sum(one.count for one in self.requests)

    @property
    def rejected(self) -> int:
        """Requests that were answered 4xx."""
        return sum(one.count for one in self.requests if one.status_class == "4xx")

    @property
    def failed(self) -> int:
        """Requests that were answered 5xx."""
        return sum(one.count for one in self.requests if one.status_class == "5xx")


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a span: hours that have any, oldest first, and all of them together."""

    enabled: bool
    since: int
    hours: Mapping[int, Figures]
    total: Figures


def bound(milliseconds: float) -> int:
    """Return the bound that a latency is counted by."""
    return BOUNDS[min(bisect_left(BOUNDS, milliseconds), len(BOUNDS) - 1)]


def percentile(counts: Mapping[int, int], share: float) -> int:
    """Return the bound that this share of the latencies, 0 to 1, does not exceed; `counts` by bound."""
    left = max(math.ceil(share * sum(counts.values())), 1)
    for limit in sorted(counts):
        left -= counts[limit]
        if left <= 0:
            return limit
    return 0


def figures(counted: Iterable[tuple[str, str, int]]) -> Figures:
    """Return what counts say, given as kind, name and count; the same name may come several times."""
    kinds: dict[str, dict[str, int]] = {}
    for kind, name, count in counted:
        names = kinds.setdefault(kind, {})
        names[name] = names.get(name, 0) + count
    latencies, every = _latencies(kinds.get("latency", {}))
    return Figures(
        requests=[Requests(*_cut(name), count) for name, count in sorted(kinds.get("request", {}).items())],
        latency=_latency("", every) if every else None,
        latencies=latencies,
        severities=[_severity(name, count) for name, count in sorted(kinds.get("severity", {}).items())],
        incidents=_top(kinds.get("incident", {})),
        terms=_top(kinds.get("term", {})),
    )


def _latencies(names: Mapping[str, int]) -> tuple[list[Latency], dict[int, int]]:
    operations: dict[str, dict[int, int]] = {}
    every: dict[int, int] = {}
    for name, count in sorted(names.items()):
        operation, limit = _cut(name)
        operations.setdefault(operation, {})[int(limit)] = count
        every[int(limit)] = every.get(int(limit), 0) + count
    return [_latency(operation, counts) for operation, counts in operations.items()], every


def _latency(operation: str, counts: Mapping[int, int]) -> Latency:
    shares = [percentile(counts, share) for share in (0.5, 0.95, 0.99)]
    return Latency(operation, sum(counts.values()), *shares)


def _severity(name: str, count: int) -> Severities:
    medium, category, level = name.split("/")
    return Severities(medium, category, int(level), count)


def _top(names: Mapping[str, int]) -> list[Hits]:
    ranked = sorted(names.items(), key=lambda one: (-one[1], one[0]))
    return [Hits(*_cut(name), count) for name, count in ranked[:TOP]]


def _cut(name: str) -> tuple[str, str]:
    first, _, second = name.partition("/")
    return first, second
