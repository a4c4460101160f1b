"""Jobs as rows. Every write of a worker names its owner and attempt: only its own row matches."""

from collections.abc import Callable, Collection

from quell.database.base import Row, Transaction
from quell.database.queries import load
from quell.jobs.domain import Census, Job, LeaseLost, State

_QUERIES = load("quell.jobs")


class JobStore:
    """Reads and writes jobs inside the caller's transaction; times are microseconds since 1970."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        self._new_id = new_id

    def add(self, tx: Transaction, kind: str, subject: str, now: int, *, rank: int = 0) -> None:
        """Queue a job; the job that this kind had for the subject before starts afresh."""
        members = {"id": self._new_id(), "kind": kind, "subject": subject, "rank": rank, "now": now}
        tx.execute(_QUERIES["add-job"], members)

    def get(self, tx: Transaction, kind: str, subject: str) -> Job | None:
        """Return the job of a subject, or None."""
        row = tx.fetch_one(_QUERIES["get-job"], {"kind": kind, "subject": subject})
        return _job(row) if row else None

    def cancel(self, tx: Transaction, kind: str, subject: str, now: int) -> bool:
        """End the unfinished job of a subject; return whether there was one."""
        return tx.execute(_QUERIES["cancel-job"], {"kind": kind, "subject": subject, "now": now}) > 0

    def free(self, tx: Transaction, now: int) -> int:
        """Return how many jobs a worker could take now."""
        return _count(tx.fetch_one(_QUERIES["count-free-jobs"], {"now": now}))

    def open(self, tx: Transaction) -> int:
        """Return how many jobs are not finished."""
        return _count(tx.fetch_one(_QUERIES["count-open-jobs"]))

    def census(self, tx: Transaction) -> list[Census]:
        """Return how many jobs there are, by kind and state."""
        return [
            Census(row["kind"], row["state"], int(row["jobs"]), int(row["oldest"]))
            for row in tx.fetch_all(_QUERIES["count-jobs"])
        ]

    def claim(self, tx: Transaction, owner: str, now: int, until: int, kinds: Collection[str]) -> Job | None:
        """Lease the next free job of these kinds to a worker, or return None.

        What another version of Quell queued is left to its own workers.
        """
        members = {"owner": owner, "now": now, "until": until, "kinds": ",".join(kinds)}
        row = tx.fetch_one(_QUERIES["claim-job"], members)
        return _job(row) if row else None

    def renew(self, tx: Transaction, job: Job, progress: float, now: int, until: int) -> None:
        """Keep a lease; raises LeaseLost."""
        _own(
            tx.execute(
                _QUERIES["renew-job"], {**_fence(job), "progress": progress, "now": now, "until": until}
            )
        )

    def check_in(self, tx: Transaction, job: Job, checkpoint: bytes, progress: float, now: int) -> None:
        """Note where the next attempt goes on; raises LeaseLost."""
        members = {**_fence(job), "checkpoint": checkpoint, "progress": progress, "now": now}
        _own(tx.execute(_QUERIES["checkpoint-job"], members))

    def end(
        self,
        tx: Transaction,
        job: Job,
        state: State,
        now: int,
        *,
        error: str | None = None,
        progress: float = 1.0,
    ) -> None:
        """End a job; raises LeaseLost."""
        members = {**_fence(job), "state": state, "error": error, "progress": progress, "now": now}
        _own(tx.execute(_QUERIES["end-job"], members))

    def put_back(self, tx: Transaction, job: Job, now: int, until: int) -> None:
        """Give a job back, to be tried again from a point in time on; raises LeaseLost."""
        _own(tx.execute(_QUERIES["put-back-job"], {**_fence(job), "now": now, "until": until}))

    def free_all_of(self, tx: Transaction, owner: str, now: int) -> int:
        """End the leases of a dead worker; return how many there were."""
        return tx.execute(_QUERIES["free-jobs-of"], {"owner": owner, "now": now})

    def delete(self, tx: Transaction, kind: str, subject: str) -> None:
        """Forget the job of a subject; a worker on it loses its lease."""
        tx.execute(_QUERIES["delete-job"], {"kind": kind, "subject": subject})


def _fence(job: Job) -> dict[str, object]:
    return {"id": job.id, "owner": job.owner, "attempt": job.attempt}


def _own(touched: int) -> None:
    if touched == 0:
        raise LeaseLost


def _count(row: Row | None) -> int:
    return int(row["jobs"]) if row else 0


def _job(row: Row) -> Job:
    return Job(
        row["id"],
        row["kind"],
        row["subject"],
        row["state"],
        int(row["attempt"]),
        row["owner"],
        float(row["progress"]),
        row["checkpoint"],
        row["error"],
        int(row["created"]),
        int(row["updated"]),
    )
