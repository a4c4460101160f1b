"""What is looked up when the metrics are read, and what happens when it cannot be."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from prometheus_client import CollectorRegistry

from quell.errors import ServerBusy
from quell.observability.figures import Figures, Jobs, Sources, Stored
from quell.workers import Workers


@dataclass
class Held:
    """An index that has seen some changes."""

    sequence: int
    ready: int


def figures(stored: Callable[[], Stored], *pools: Workers, seconds: float = 5.0) -> Figures:
    """Return figures over one index."""
    build = {"version": "1"}
    return Figures(Sources(build, [], pools, {"blocklists": Held(7, 2)}, stored), seconds=seconds)


def read(made: Figures, name: str, **labels: str) -> float | None:
    """Return one value."""
    registry = CollectorRegistry()
    registry.register(made)
    return registry.get_sample_value(name, labels)


def test_an_index_lags_by_the_changes_it_has_not_seen() -> None:
    """Version, entries and lag of an index, and the newest change."""
    made = figures(lambda: Stored(12, []))

    assert read(made, "quell_change_lag", index="blocklists") == 5
    assert read(made, "quell_index_version", index="blocklists") == 7
    assert read(made, "quell_index_entries", index="blocklists") == 2
    assert read(made, "quell_change_sequence") == 12
    assert read(made, "quell_database_up") == 1
    made.close()


@dataclass
class Taken:
    """The memory of the incidents of one medium."""

    bytes: int
    bound: int
    loads: int
    evictions: int


def test_the_memory_of_incidents_is_told_by_index() -> None:
    """What they take and may take, and how often they were loaded and let go."""
    memories = {"image-incidents": Taken(700, 1000, 5, 3)}
    made = Figures(Sources({}, [], [], {}, lambda: Stored(0, []), memories=memories))

    assert read(made, "quell_incident_memory_bytes", index="image-incidents") == 700
    assert read(made, "quell_incident_memory_limit_bytes", index="image-incidents") == 1000
    assert read(made, "quell_incident_loads_total", index="image-incidents") == 5
    assert read(made, "quell_incident_evictions_total", index="image-incidents") == 3
    made.close()


def test_jobs_are_told_by_kind_and_state_and_unfinished_ones_by_age() -> None:
    """The age of what is done says nothing."""
    jobs = [Jobs("build", "waiting", 3, 42.5), Jobs("build", "done", 9, 1e6)]
    made = figures(lambda: Stored(0, jobs))

    assert read(made, "quell_jobs", kind="build", state="waiting") == 3
    assert read(made, "quell_jobs", kind="build", state="done") == 9
    assert read(made, "quell_job_oldest_seconds", kind="build", state="waiting") == 42.5
    assert read(made, "quell_job_oldest_seconds", kind="build", state="done") is None
    made.close()


def test_a_pool_tells_its_load() -> None:
    """One call runs and two wait; afterwards none."""
    gate, begun, workers = threading.Event(), threading.Event(), Workers(1, 5, name="work")

    def hold() -> None:
        begun.set()
        gate.wait(10)

    made = figures(lambda: Stored(0, []), workers)
    held = [workers.submit(hold) for _ in range(3)]
    begun.wait(10)

    assert read(made, "quell_pool_busy", pool="work") == 1
    assert read(made, "quell_queue_depth", pool="work") == 2
    assert read(made, "quell_queue_limit", pool="work") == 5
    gate.set()
    assert [one.result() for one in held] == [None] * 3
    workers.close()
    assert read(made, "quell_queue_depth", pool="work") == 0
    made.close()


def test_a_database_that_refuses_or_hangs_hides_no_other_figure() -> None:
    """It is told to be down; a question that hangs is asked once, however often the page is read."""
    asked, gate = [], threading.Event()

    def hang() -> Stored:
        asked.append(1)
        gate.wait(10)
        raise ServerBusy

    made = figures(hang, seconds=0.05)

    assert [read(made, "quell_database_up") for _ in range(3)] == [0, 0, 0]
    assert read(made, "quell_index_version", index="blocklists") == 7
    assert read(made, "quell_change_lag", index="blocklists") is None
    assert len(asked) == 1
    gate.set()
    made.close()
