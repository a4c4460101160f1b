"""Takes one job after another and does it."""

from collections.abc import Callable, Iterable
from typing import Any

import structlog

from quell.database.base import Database, Transaction
from quell.errors import InternalError, QuellError, ServerBusy, TooManyRequests
from quell.http.errors import unexpected
from quell.jobs.domain import MOST_ATTEMPTS, LeaseLost, Task
from quell.jobs.lease import SECONDS, Lease
from quell.jobs.store import JobStore

_log = structlog.get_logger("quell.jobs")
_AGAIN_SECONDS, _ASKED_SECONDS, _LONGEST_SECONDS = 2.0, 60.0, 600.0
_OF_ITS_AGE = 0.1
"""What a job waits for may stay away: it waits longer, the longer it has been there."""


class JobWorker:
    """Works under the name of its owner; `clock` gives microseconds since 1970.

    `on_stuck` is called from another thread when work goes on although its lease is lost.
    """

    def __init__(
        self,
        database: Database,
        store: JobStore,
        tasks: Iterable[Task],
        clock: Callable[[], int],
        owner: str,
        *,
        on_stuck: Callable[[], None] = lambda: None,
        lease_seconds: float = SECONDS,
    ) -> None:
        self._database = database
        self._store = store
        self._tasks = {task.kind: task for task in tasks}
        self._clock = clock
        self._owner = owner
        self._options: dict[str, Any] = {"on_stuck": on_stuck, "seconds": lease_seconds}
        self._seconds = lease_seconds

    def run_next(self) -> bool:
        """Take the next free job and work on it to its end; return whether there was one."""
        now = self._clock()
        with self._database.sharing() as tx:
            job = self._store.claim(tx, self._owner, now, now + round(self._seconds * 1e6), self._tasks)
        if job is None:
            return False
        with Lease(self._database, self._store, job, self._clock, **self._options) as lease:
            try:
                self._work(lease)
            except LeaseLost:
                _log.info("job_taken_away", kind=job.kind, attempt=job.attempt)
        return True

    def _work(self, lease: Lease) -> None:
        task = self._tasks.get(lease.job.kind)
        if task is None:
            raise LookupError(f"no task for jobs of the kind {lease.job.kind}")
        if lease.job.attempt > MOST_ATTEMPTS:
            worn = InternalError(f"The work ended its worker {MOST_ATTEMPTS} times and is given up.")
            _fail(lease, task, worn)
            return
        try:
            task.run(lease)
        except LeaseLost:
            raise
        except (ServerBusy, TooManyRequests) as busy:
            asked = min(float(busy.retry_after or 0), _ASKED_SECONDS)
            grown = min((self._clock() - lease.job.created) / 1e6 * _OF_ITS_AGE, _LONGEST_SECONDS)
            lease.put_back(max(_AGAIN_SECONDS, asked, grown))
        except QuellError as error:
            _fail(lease, task, error)
        except Exception as error:  # noqa: BLE001 - one job must not end the worker, whatever is wrong with it
            unexpected(error)
            _fail(lease, task, InternalError("An unexpected error happened; the log of the server has it."))


def _fail(lease: Lease, task: Task, error: QuellError) -> None:
    # It may quote what a file holds, and PostgreSQL stores no text with a NUL.
    error.message = error.message.replace("\0", "\ufffd")

    def effect(tx: Transaction) -> None:
        task.fail(tx, lease.job, error)

    lease.give_up(error.message, effect)
