"""Jobs: what they are, and what the work behind one must offer."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from quell.database.base import Transaction
from quell.errors import QuellError

if TYPE_CHECKING:
    from quell.jobs.lease import Lease

State = Literal["waiting", "running", "done", "failed", "canceled"]

MOST_ATTEMPTS = 5
"""How often a job is begun before it counts as one that kills its workers."""


class LeaseLost(Exception):
    """The job belongs to somebody else now, or was canceled: whoever worked on it stops at once."""


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work: `kind` names the task, `subject` what it works on.

    `attempt` counts from 1; `progress` goes from 0 to 1; times are in microseconds since 1970.
    `checkpoint` is what an earlier attempt left for this one.
    """

    id: str
    kind: str
    subject: str
    state: State
    attempt: int
    owner: str
    progress: float
    checkpoint: bytes | None
    error: str | None
    created: int
    updated: int


@dataclass(frozen=True, slots=True)
class Census:
    """How many jobs of a kind are in a state; `oldest` is when the first of them was queued, as `created`."""

    kind: str
    state: State
    count: int
    oldest: int


class Task(Protocol):
    """The work behind all jobs of one kind."""

    kind: str

    def run(self, lease: "Lease") -> None:
        """Do the work and end it with `lease.complete`; a raised QuellError fails the job for good.

        May be called again for the same job after a crash, and must then come to the same end.
        """

    def fail(self, tx: Transaction, job: Job, error: QuellError) -> None:
        """Note what a failure means for the subject, in the transaction that ends the job."""
