"""What is looked up whenever the metrics are read: pools, indexes, models, child processes, the database."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from quell.errors import QuellError

DATABASE_SECONDS = 2.0
"""What the database is given to answer; without an answer the other figures are told all the same."""


class Pool(Protocol):
    """Threads with a queue in front; `quell.workers.Workers` is one."""

    name: str
    count: int
    queue_limit: int

    @property
    def busy(self) -> int:
        """The calls that run now."""

    @property
    def waiting(self) -> int:
        """The calls that wait now."""


class Index(Protocol):
    """What a process holds of the database in memory."""

    @property
    def sequence(self) -> int:
        """The number of the newest change that was seen."""

    @property
    def ready(self) -> int:
        """The entries that are in memory."""


class Memory(Protocol):
    """What the incidents of one medium take in memory, and how often they come and go."""

    bound: int
    loads: int
    evictions: int

    @property
    def bytes(self) -> int:
        """The bytes that are taken."""


@dataclass(frozen=True, slots=True)
class Model:
    """One file of a model that is served."""

    name: str
    revision: str
    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs of one kind and state; `oldest` is the age of the oldest in seconds."""

    kind: str
    state: str
    count: int
    oldest: float


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database says: the number of the newest change, and the jobs."""

    newest: int
    jobs: Sequence[Jobs]


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the figures come from; `stored` may take its time and may raise QuellError."""

    build: Mapping[str, str]
    models: Sequence[Model]
    pools: Sequence[Pool]
    indexes: Mapping[str, Index]
    stored: Callable[[], Stored]
    decoding: Callable[[], int] = field(default=lambda: 0)
    """How many child processes that decode pictures are alive."""
    memories: Mapping[str, Memory] = field(default_factory=dict)
    """The memory of incidents, by the name of their index."""


class Figures(Collector):
    """Collects the figures; the database is asked in a thread of its own, one question at a time."""

    def __init__(self, sources: Sources, *, seconds: float = DATABASE_SECONDS) -> None:
        self._sources = sources
        self._seconds = seconds
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="quell-figures")
        self._asked: Future[Stored] | None = None

    def close(self) -> None:
        """Ask no more."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    def describe(self) -> Iterable[Metric]:
        """Tell nothing in advance: what is there is known when it is collected."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Yield all of it."""
        yield InfoMetricFamily("quell_build", "What runs here.", value=dict(self._sources.build))
        yield from self._models()
        yield from self._pools()
        yield from self._memories()
        yield GaugeMetricFamily(
            "quell_decoding_processes",
            "Child processes alive that decode pictures.",
            value=self._sources.decoding(),
        )
        stored = self._stored()
        yield GaugeMetricFamily(
            "quell_database_up",
            "Whether the database answered in time.",
            value=0 if stored is None else 1,
        )
        yield from self._indexes(stored)
        if stored is not None:
            yield from _jobs(stored.jobs)

    def _models(self) -> Iterator[Metric]:
        info = InfoMetricFamily(
            "quell_model",
            "The models that ship with this server, verified by their SHA-256.",
            labels=["model", "file"],
        )
        for one in self._sources.models:
            info.add_metric([one.name, one.file], {"revision": one.revision, "sha256": one.sha256})
        yield info

    def _pools(self) -> Iterator[Metric]:
        shown: list[tuple[str, str, Callable[[Pool], int]]] = [
            ("quell_pool_threads", "Threads that a pool may have.", lambda pool: pool.count),
            ("quell_pool_busy", "Calls that run in a pool now.", lambda pool: pool.busy),
            ("quell_queue_depth", "Calls that wait for a thread now.", lambda pool: pool.waiting),
            ("quell_queue_limit", "Calls that may wait; more are refused.", lambda pool: pool.queue_limit),
        ]
        for name, text, read in shown:
            family = GaugeMetricFamily(name, text, labels=["pool"])
            for pool in self._sources.pools:
                family.add_metric([pool.name], read(pool))
            yield family

    def _memories(self) -> Iterator[Metric]:
        taken = GaugeMetricFamily(
            "quell_incident_memory_bytes", "Memory that the incidents held take.", labels=["index"]
        )
        limit = GaugeMetricFamily(
            "quell_incident_memory_limit_bytes", "Memory they may take; 0: no limit.", labels=["index"]
        )
        loads = CounterMetricFamily(
            "quell_incident_loads", "Incidents loaded from the database.", labels=["index"]
        )
        evictions = CounterMetricFamily(
            "quell_incident_evictions", "Incidents let go because memory was short.", labels=["index"]
        )
        for name, memory in self._sources.memories.items():
            taken.add_metric([name], memory.bytes)
            limit.add_metric([name], memory.bound)
            loads.add_metric([name], memory.loads)
            evictions.add_metric([name], memory.evictions)
        yield from (taken, limit, loads, evictions)

    def _indexes(self, stored: Stored | None) -> Iterator[Metric]:
        seen = GaugeMetricFamily(
            "quell_index_version", "The newest change that an index has seen.", labels=["index"]
        )
        ready = GaugeMetricFamily("quell_index_entries", "Entries of an index in memory.", labels=["index"])
        lag = GaugeMetricFamily(
            "quell_change_lag",
            "Changes that an index has not looked at yet; it does so before it answers.",
            labels=["index"],
        )
        for name, index in self._sources.indexes.items():
            seen.add_metric([name], index.sequence)
            ready.add_metric([name], index.ready)
            if stored is not None:
                lag.add_metric([name], max(0, stored.newest - index.sequence))
        yield from (seen, ready)
        if stored is not None:
            yield lag
            yield GaugeMetricFamily(
                "quell_change_sequence", "The newest change in the database.", value=stored.newest
            )

    def _stored(self) -> Stored | None:
        # A question that hangs is not asked again before it is answered.
        if self._asked is None or self._asked.done():
            self._asked = self._thread.submit(self._sources.stored)
        try:
            return self._asked.result(self._seconds)
        except (QuellError, TimeoutError):
            return None


def _jobs(jobs: Sequence[Jobs]) -> Iterator[Metric]:
    count = GaugeMetricFamily("quell_jobs", "Jobs, by kind and state.", labels=["kind", "state"])
    oldest = GaugeMetricFamily(
        "quell_job_oldest_seconds", "The age of the oldest unfinished job.", labels=["kind", "state"]
    )
    for one in jobs:
        count.add_metric([one.kind, one.state], one.count)
        if one.state in {"waiting", "running"}:
            oldest.add_metric([one.kind, one.state], one.oldest)
    yield from (count, oldest)
