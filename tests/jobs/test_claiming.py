"""Several workers at one queue, each over a connection of its own."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from quell.database.base import Database
from quell.database.migrate import migrate
from quell.database.opening import open_database
from quell.jobs.domain import Job
from quell.jobs.store import JobStore
from tests.databases import schema_url
from tests.doubles import sequence
from tests.jobs.tasks import at_once

NOW, UNTIL = 1_000, 10_000_000
WORKERS = 4


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Database]]:
    """Return connections of several processes to one database of each engine."""
    url = schema_url() if request.param == "postgresql" else ""
    with ExitStack() as opened:
        made = [
            opened.enter_context(closing(open_database(tmp_path, url, durability="normal")))
            for _ in range(WORKERS)
        ]
        migrate(made[0])
        yield made


def queue(database: Database, count: int, kind: str = "count") -> None:
    """Queue jobs."""
    store = JobStore(sequence(kind))
    with database.transaction() as tx:
        for number in range(count):
            store.add(tx, kind, f"subject {number:03}", NOW)


def claim(database: Database, owner: str) -> Job | None:
    """Take the next job."""
    with database.sharing() as tx:
        return JobStore(sequence("unused")).claim(tx, owner, NOW, UNTIL, ["other", "count"])


def test_workers_at_once_never_take_the_same_job(databases: list[Database]) -> None:
    """Every job is taken, by one worker, and by more than one worker in all."""
    queue(databases[0], 60)
    taken: dict[str, list[str]] = {f"worker-{number}": [] for number in range(WORKERS)}

    def work(owner: str, database: Database) -> None:
        while (job := claim(database, owner)) is not None:
            taken[owner].append(job.subject)

    at_once([lambda o=o, d=d: work(o, d) for o, d in zip(taken, databases, strict=True)])

    subjects = [subject for mine in taken.values() for subject in mine]
    assert sorted(subjects) == [f"subject {number:03}" for number in range(60)]


def test_a_job_that_is_just_being_taken_is_passed_over() -> None:
    """On a server a worker does not wait for another one's claim: it takes the next job."""
    url = schema_url()
    with ExitStack() as opened:
        one, two = (
            opened.enter_context(closing(open_database(Path(), url, durability="normal"))) for _ in range(2)
        )
        migrate(one)
        queue(one, 2)
        store = JobStore(sequence("unused"))
        with one.sharing() as tx:
            first = store.claim(tx, "one", NOW, UNTIL, ["count"])
            found: list[Job | None] = []
            thread = threading.Thread(target=lambda: found.append(claim(two, "two")))
            thread.start()
            thread.join(4)  # less than the lock timeout: who waits for the row is seen waiting

    assert first is not None
    assert [job.subject for job in found if job] == ["subject 001"]
    assert first.subject == "subject 000"


def test_what_another_version_queued_is_left_to_it(databases: list[Database]) -> None:
    """A worker takes only the kinds that it knows, so that an old one does not fail what is new."""
    queue(databases[0], 1, "sideways")

    assert claim(databases[1], "worker") is None
