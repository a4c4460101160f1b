"""Long-running operations: what a client may ask about something that it started."""

import re
from dataclasses import dataclass
from typing import Literal

from quell.errors import InvalidResourceName

Status = Literal["NotStarted", "Running", "Succeeded", "Failed", "Canceled"]

RETENTION = 24 * 3600 * 1_000_000
"""How long an operation can be asked for after its last change, in microseconds."""

_ID = re.compile(r"(?=[a-zA-Z0-9])[a-zA-Z0-9-]*[a-zA-Z0-9]")
_ID_LENGTH = 64


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


def is_operation_id(value: str) -> bool:
    """Tell whether a value may be the id of an operation."""
    return len(value) <= _ID_LENGTH and _ID.fullmatch(value) is not None


def check_operation_id(value: str) -> str:
    """Return an id from a URL, or refuse it."""
    if not is_operation_id(value):
        raise InvalidResourceName(
            "The operation id must have 1 to 64 letters, digits or hyphens, no hyphen at either end.",
            target="operationId",
        )
    return value
