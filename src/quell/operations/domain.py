"""Long-running operations: what a client may ask about something that it started."""

from dataclasses import dataclass
from typing import Literal

Status = Literal["NotStarted", "Running", "Succeeded", "Failed", "Canceled"]

RETENTION = 24 * 3600 * 1_000_000
"""How long an operation can be asked for after its last change, in microseconds."""


@dataclass(frozen=True, slots=True)
class Operation:
    """The status of one operation.

    NotStarted → Running → Succeeded | Failed | Canceled. `collection` is where its id is unique, for
    example `text/incidents`; `subject` is the id of the thing it works on. Times are in microseconds.
    """

    collection: str
    id: str
    subject: str
    status: Status
    created: int
    updated: int
    error_code: str | None = None
    error_message: str | None = None

    @property
    def finished(self) -> bool:
        """Whether the status will not change any more."""
        return self.status in ("Succeeded", "Failed", "Canceled")
