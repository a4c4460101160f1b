"""Counts by hour and what they say: requests, latencies, severities, incidents, terms.

A count has an hour (hours since 1970, UTC), a kind, and a name in that kind:

    request    operation/2xx          latency    operation/150 (milliseconds, at most)
    severity   text/Hate/4            verdict    text/4 (the worst), text/match
    incident   text/ticket-scam       recent     text/ticket-scam/7 (of the twelve parts of the hour)
    term       blocklist/item-id      review     reviewer/label
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

HOUR = 3_600_000_000
"""An hour in microseconds."""

SLOT = HOUR // 12
"""Five minutes: hits of incidents are also counted by these, for the present hour and the one before."""

KEPT_HOURS = 31 * 24
"""Hours that are kept, the present one included."""

RECENT = "recent"
"""The kind of the counts by five minutes; they are part of no report by hour."""

MATCH = "match"
"""Stands for the severity of a verdict that a blocklist or an incident decided."""

REJECT_AT = 4
"""The severity from which a verdict counts as rejected unless another is asked for: medium."""

OPEN_KINDS = {"incident": 500, "term": 200, "review": 500}
"""Kinds whose names clients make, and how many different names of an hour one server counts apart."""

REST = "*/*"
"""The name under which the names beyond that are counted together; no resource can be called so."""

TOP = 20
"""Incidents, and terms, that are told of an hour: those with the most hits."""

LABELS = 100
"""Labels of auto reviewers that are told of an hour: those given most."""

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
class Verdicts:
    """How many texts or images were judged, how many of them rejected, how many of those by a match."""

    medium: str
    count: int
    rejected: int
    matched: int


@dataclass(frozen=True, slots=True)
class Rejects:
    """How many texts or images were judged in a category, and how many reached the severity asked about."""

    medium: str
    category: str
    count: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted, in one hour or in several; `latency` is over all operations, None without any.

    `worst` counts verdicts, by medium and worst severity (`MATCH` where a list or an incident decided).
    """

    requests: Sequence[Requests]
    latency: Latency | None
    latencies: Sequence[Latency]
    severities: Sequence[Severities]
    worst: Mapping[tuple[str, str], int]
    incidents: Sequence[Hits]
    terms: Sequence[Hits]
    reviews: Sequence[Hits]

    @property
    def total(self) -> int:
        """All requests."""
        return sum(one.count for one in self.requests)

    @property
    def refused(self) -> int:
        """Requests that were answered 4xx."""
        return sum(one.count for one in self.requests if one.status_class == "4xx")

    @property
    def failed(self) -> int:
        """Requests that were answered 5xx."""
        return sum(one.count for one in self.requests if one.status_class == "5xx")

    def verdicts(self, at: int) -> list[Verdicts]:
        """Return how many verdicts were rejected, by medium: by a match, or with severity `at` or more."""
        found = []
        for medium in sorted({medium for medium, _ in self.worst}):
            counts = {level: count for (one, level), count in self.worst.items() if one == medium}
            matched = counts.pop(MATCH, 0)
            severe = sum(count for level, count in counts.items() if int(level) >= at)
            found.append(Verdicts(medium, matched + sum(counts.values()), matched + severe, matched))
        return found

    def rejects(self, at: int) -> list[Rejects]:
        """Return how many texts and images reached severity `at` in each category."""
        found: dict[tuple[str, str], tuple[int, int]] = {}
        for one in self.severities:
            count, rejected = found.get((one.medium, one.category), (0, 0))
            severe = one.count if one.severity >= at else 0
            found[one.medium, one.category] = (count + one.count, rejected + severe)
        return [Rejects(*key, *counts) for key, counts in found.items()]


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a span: hours that have any, oldest first, and all of them together."""

    enabled: bool
    since: int
    hours: Mapping[int, Figures]
    total: Figures


@dataclass(frozen=True, slots=True)
class IncidentHits:
    """How often an incident was hit: in the last hour, to five minutes, and in each hour that had any."""

    medium: str
    name: str
    last_hour: int
    hours: Mapping[int, int]

    @property
    def count(self) -> int:
        """All hits of the span."""
        return sum(self.hours.values())


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
        worst={_cut(name): count for name, count in sorted(kinds.get("verdict", {}).items())},
        incidents=_top(kinds.get("incident", {})),
        terms=_top(kinds.get("term", {})),
        reviews=_top(kinds.get("review", {}), LABELS),
    )


def incident_hits(counts: Counts, now: int) -> list[IncidentHits]:
    """Return the hits of every incident that was hit, the most first; `now` in microseconds since 1970."""
    hours: dict[str, dict[int, int]] = {}
    recent: dict[str, int] = {}
    for key, count in sorted(counts.items()):
        if key.kind == "incident":
            hours.setdefault(key.name, {})[key.hour * HOUR] = count
        elif key.kind == RECENT:
            name, _, slot = key.name.rpartition("/")
            if key.hour * HOUR + int(slot) * SLOT > now - HOUR:
                recent[name] = recent.get(name, 0) + count
    found = [IncidentHits(*_cut(name), recent.get(name, 0), by_hour) for name, by_hour in hours.items()]
    return sorted(found, key=lambda one: (-one.count, one.medium, one.name))


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


def _top(names: Mapping[str, int], most: int = TOP) -> list[Hits]:
    ranked = sorted(names.items(), key=lambda one: (-one[1], one[0]))
    return [Hits(*_cut(name), count) for name, count in ranked[:most]]


def _cut(name: str) -> tuple[str, str]:
    first, _, second = name.partition("/")
    return first, second
