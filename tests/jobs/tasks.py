"""Jobs for tests: a bench around a database, and a task that counts in steps and leaves a mark for each."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from quell.database.base import Database, Transaction
from quell.database.migrate import migrate
from quell.database.opening import open_database
from quell.errors import QuellError
from quell.jobs.domain import Job
from quell.jobs.lease import Lease
from quell.jobs.store import JobStore
from quell.jobs.worker import JobWorker
from tests.databases import database_url
from tests.doubles import sequence

KIND = "count"


@dataclass
class Counting:
    """Counts to `steps`, one checkpoint for each; `marks` holds what was counted, by all attempts."""

    steps: int = 5
    pause: float = 0.0
    raises: Callable[[int], BaseException | None] = lambda _: None
    marks: list[int] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    kind: str = KIND

    def run(self, lease: Lease) -> None:
        """Count on from the checkpoint."""
        for number in range(int(lease.job.checkpoint or b"0"), self.steps):
            lease.progress(number / self.steps)
            self._raise(number)
            time.sleep(self.pause)
            self.marks.append(number)
            lease.step(lambda _: None, str(number + 1).encode())
        lease.complete(lambda _: self.ended.append(lease.job.subject))

    def fail(self, tx: Transaction, job: Job, error: QuellError) -> None:
        """Note why."""
        self.failures.append(error.message)

    def _raise(self, number: int) -> None:
        error = self.raises(number)
        if error is not None:
            raise error


@dataclass
class Bench:
    """A database with jobs, and workers on it."""

    database: Database
    store: JobStore
    task: Counting
    now: int = 1_000_000_000

    def clock(self) -> int:
        """Return the time of the bench, which passes only when a test says so."""
        return self.now

    def add(self, *subjects: str, rank: int = 0) -> None:
        """Queue jobs."""
        for subject in subjects:
            self.now += 1
            with self.database.transaction() as tx:
                self.store.add(tx, KIND, subject, self.now, rank=rank)

    def job(self, subject: str) -> Job:
        """Return the job of a subject."""
        with self.database.reading() as tx:
            found = self.store.get(tx, KIND, subject)
        assert found is not None
        return found

    def claim(self, owner: str, seconds: float = 10.0) -> Job | None:
        """Lease the next job, as a worker that will never be heard of again."""
        with self.database.transaction() as tx:
            return self.store.claim(tx, owner, self.now, self.now + round(seconds * 1e6), [KIND])

    def worker(self, owner: str = "worker", **options: Any) -> JobWorker:
        """Return a worker."""
        return JobWorker(self.database, self.store, [self.task], self.clock, owner, **options)

    def lease(self, job: Job, **options: Any) -> Lease:
        """Return a lease that is not kept alive by a thread."""
        return Lease(self.database, self.store, job, self.clock, **options)


def bench(path: Path, task: Counting | None = None) -> Bench:
    """Open a database for jobs."""
    database = open_database(path, database_url(path), durability="normal")
    migrate(database)
    return Bench(database, JobStore(sequence("job")), task or Counting())


def at_once(calls: Sequence[Callable[[], object]]) -> None:
    """Run calls in threads of their own, and wait for all."""
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
