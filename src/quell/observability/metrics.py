"""What is measured while the server works, for Prometheus; bounded, whatever clients send.

Every label has a value of the source or of the operator: an operation, an api-version, a stage, a category.
Names of incidents, blocklists and keys are never labels: clients make as many of them as they like.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.process_collector import ProcessCollector

from quell.observability.requests import Answered

OTHER = "other"
"""Stands for the operation of what names none: pages, health checks, unknown paths."""
NONE = "none"
"""Stands for an api-version that was not given, and for the status of what was never answered."""

REQUEST_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
STAGE_SECONDS = (0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)

# A time of creation beside every counter would double the page, and Prometheus has no use for it.
disable_created_metrics()  # type: ignore[no-untyped-call]  # the library left it so


class Metrics:
    """Counts requests, stages and findings; observes, follows and witnesses, from many threads."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._requests = Counter(
            "quell_requests",
            "Requests that were answered, by operation, api-version and class of the status.",
            ["operation", "api_version", "status"],
            registry=registry,
        )
        self._seconds = Histogram(
            "quell_request_seconds",
            "Seconds until the whole answer was sent.",
            ["operation"],
            buckets=REQUEST_SECONDS,
            registry=registry,
        )
        self._in_flight = Gauge("quell_requests_in_flight", "Requests at work now.", registry=registry)
        self._refused = Counter(
            "quell_requests_refused",
            "Requests that the server could not take on just now, by status and reason.",
            ["status", "reason"],
            registry=registry,
        )
        self._stages = Histogram(
            "quell_stage_seconds",
            "Seconds that a stage of a request took.",
            ["stage"],
            buckets=STAGE_SECONDS,
            registry=registry,
        )
        self._waits = Histogram(
            "quell_queue_wait_seconds",
            "Seconds that a call waited for a thread of a pool.",
            ["pool"],
            buckets=STAGE_SECONDS,
            registry=registry,
        )
        self._severities = Counter(
            "quell_severities",
            "Severities that were answered, by medium, category and level from 0 to 7.",
            ["medium", "category", "severity"],
            registry=registry,
        )
        self._incidents = Counter(
            "quell_incident_hits", "Hits of incidents, by medium.", ["medium"], registry=registry
        )
        self._terms = Counter("quell_blocklist_hits", "Hits of items of blocklists.", registry=registry)
        self._verdicts = Counter(
            "quell_verdicts",
            "Verdicts, by medium, worst severity and whether an incident or blocklist matched.",
            ["medium", "severity", "matched"],
            registry=registry,
        )
        self._reviews = Counter("quell_reviews", "Texts that auto reviewers labelled.", registry=registry)
        # Finding a child by its labels costs more than counting does.
        self._request_children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._refused_children: dict[tuple[int, str], Counter] = {}
        self._stage_children, self._wait_children = dict[str, Histogram](), dict[str, Histogram]()
        self._severity_children: dict[tuple[str, str, int], Counter] = {}
        self._verdict_children: dict[tuple[str, int, bool], Counter] = {}

    def follow_in_flight(self, count: Callable[[], float]) -> None:
        """Ask for the requests at work whenever the page is read."""
        self._in_flight.set_function(count)

    def answered(self, request: Answered) -> None:
        """Count a request."""
        named, group = request.named, request.status // 100
        key = (named.operation or OTHER, named.api_version or NONE, group)
        children = self._request_children.get(key)
        if children is None:
            status = f"{group}xx" if group else NONE
            children = self._requests.labels(key[0], key[1], status), self._seconds.labels(key[0])
            self._request_children[key] = children
        children[0].inc()
        children[1].observe(request.seconds)
        if named.refusal:
            self._refusal(request.status, named.refusal).inc()

    def _refusal(self, status: int, reason: str) -> Counter:
        child = self._refused_children.get((status, reason))
        if child is None:
            child = self._refused_children[status, reason] = self._refused.labels(str(status), reason)
        return child

    def stage(self, name: str) -> AbstractContextManager[object]:
        """Time a stage."""
        child = self._stage_children.get(name)
        if child is None:
            child = self._stage_children[name] = self._stages.labels(name)
        return _Timed(child)

    def waited(self, pool: str, seconds: float) -> None:
        """Count a wait."""
        child = self._wait_children.get(pool)
        if child is None:
            child = self._wait_children[pool] = self._waits.labels(pool)
        child.observe(seconds)

    def severity(self, medium: str, category: str, level: int) -> None:
        """Count a severity, 0 to 7."""
        key = (medium, category, level)
        child = self._severity_children.get(key)
        if child is None:
            child = self._severity_children[key] = self._severities.labels(medium, category, str(level))
        child.inc()

    def incident(self, medium: str, name: str) -> None:
        """Count a hit of an incident; its name is the client's word."""
        del name
        self._incidents.labels(medium).inc()

    def term(self, blocklist: str, item_id: str) -> None:
        """Count a hit of an item of a blocklist; both names are the client's words."""
        del blocklist, item_id
        self._terms.inc()

    def verdict(self, medium: str, worst: int, *, matched: bool) -> None:
        """Count a verdict by its worst severity, 0 to 7."""
        key = (medium, worst, matched)
        child = self._verdict_children.get(key)
        if child is None:
            child = self._verdicts.labels(medium, str(worst), "yes" if matched else "no")
            self._verdict_children[key] = child
        child.inc()

    def review(self, reviewer: str, label: str) -> None:
        """Count a review; both names are the client's words."""
        del reviewer, label
        self._reviews.inc()


class _Timed:
    """Observes how long it was entered for; a stage that raises took its time, too."""

    __slots__ = ("_child", "_started")

    def __init__(self, child: Histogram) -> None:
        self._child = child

    def __enter__(self) -> None:
        self._started = time.perf_counter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.observe(time.perf_counter() - self._started)
