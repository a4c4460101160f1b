"""The wire shapes of the audit log."""

from quell.audit.domain import Entry
from quell.http.wire import Timestamp, WireAnswer


class EntryAnswer(WireAnswer):
    """Who asked for what, and how it ended."""

    id: int
    time: Timestamp
    actor: str
    operation: str
    resource: str
    status: int
    request_id: str

    @classmethod
    def of(cls, entry: Entry) -> "EntryAnswer":
        """Render an entry."""
        return cls(
            id=entry.seq,
            time=entry.at,
            actor=entry.actor,
            operation=entry.operation,
            resource=entry.resource,
            status=entry.status,
            request_id=entry.request_id,
        )


class AuditAnswer(WireAnswer):
    """A page of the log, the newest entry first."""

    value: list[EntryAnswer]
    next_link: str | None = None
