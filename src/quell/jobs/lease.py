"""A worker's hold on one job: kept alive by a thread, and every effect of the work is fenced by it."""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from quell.database.base import Database, Transaction
from quell.errors import QuellError
from quell.jobs.domain import Job, LeaseLost
from quell.jobs.store import JobStore

SECONDS = 10.0
"""How long a lease lasts without being kept; after a crash of everything a job waits this long."""

BEAT = 2.0
"""Seconds between two renewals."""

LONGEST = 1800.0
"""Seconds after which a job that never ends is not kept any more."""

GRACE = 5.0
"""Seconds that work has to notice that its lease is lost before its worker is ended."""


class Lease:
    """The right to work on a job, as long as the database agrees."""

    def __init__(
        self,
        database: Database,
        store: JobStore,
        job: Job,
        clock: Callable[[], int],
        *,
        on_stuck: Callable[[], None] = lambda: None,
        seconds: float = SECONDS,
        longest: float = LONGEST,
    ) -> None:
        self.job = job
        self._database = database
        self._store = store
        self._clock = clock
        self._on_stuck = on_stuck
        self._seconds = seconds
        self._longest = longest
        self._progress = job.progress
        self._lost = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="quell-lease", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def progress(self, fraction: float) -> None:
        """Note how far the work is, from 0 to 1; raises LeaseLost when it is to stop."""
        self._progress = min(max(fraction, 0.0), 1.0)
        if self._lost.is_set():
            raise LeaseLost

    def step(self, effect: Callable[[Transaction], None], checkpoint: bytes) -> None:
        """Write an effect and where to go on after it, both or neither; raises LeaseLost."""
        with self._database.transaction() as tx:
            self._store.check_in(tx, self.job, checkpoint, self._progress, self._clock())
            effect(tx)

    def complete(self, effect: Callable[[Transaction], None]) -> None:
        """Write the last effect and end the job, both or neither; raises LeaseLost."""
        with self._database.transaction() as tx:
            self._store.end(tx, self.job, "done", self._clock())
            effect(tx)

    def give_up(self, error: str, effect: Callable[[Transaction], None]) -> None:
        """End the job as failed and write what that means, both or neither; raises LeaseLost."""
        with self._database.transaction() as tx:
            self._store.end(tx, self.job, "failed", self._clock(), error=error, progress=self._progress)
            effect(tx)

    def put_back(self, seconds: float) -> None:
        """Give the job back, to be tried again later; raises LeaseLost."""
        now = self._clock()
        with self._database.sharing() as tx:
            self._store.put_back(tx, self.job, now, now + round(seconds * 1e6))

    def _beat(self) -> None:
        last = time.monotonic() + self._longest
        while not self._ended.wait(min(BEAT, self._seconds / 4)):
            if time.monotonic() > last or not self._renewed():
                self._lost.set()
                if not self._ended.wait(GRACE):
                    self._on_stuck()
                return

    def _renewed(self) -> bool:
        now = self._clock()
        try:
            with self._database.sharing() as tx:
                self._store.renew(tx, self.job, self._progress, now, now + round(self._seconds * 1e6))
        except LeaseLost:
            return False
        except QuellError:
            return True  # a busy database says nothing about the lease; the next beat asks again
        return True
