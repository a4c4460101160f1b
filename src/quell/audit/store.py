"""Entries as rows. They are no change that a server must hear of: the change table is left alone."""

from collections.abc import Sequence

from quell.audit.domain import MOST_ENTRIES, MOST_REFUSALS, Act, Entry, Span
from quell.database.base import Row, Transaction
from quell.database.queries import load

_QUERIES = load("quell.audit")


class AuditStore:
    """Reads and writes entries inside the caller's transaction."""

    def add(self, tx: Transaction, act: Act, now: int) -> int:
        """Store an act as an entry; return its number."""
        members = {
            "at": now,
            "actor": act.actor,
            "operation": act.operation,
            "resource": act.resource,
            "status": act.status,
            "request_id": act.request_id,
        }
        row = tx.fetch_one(_QUERIES["add-entry"], members)
        if row is None:
            raise LookupError("the entry was not stored")
        return int(row["seq"])

    def correct(self, tx: Transaction, seq: int, status: int) -> None:
        """Note how the request of an entry ended."""
        tx.execute(_QUERIES["correct-entry"], {"seq": seq, "status": status})

    def prune(self, tx: Transaction, before: int) -> None:
        """Forget entries that are older, and those beyond the most that are kept."""
        tx.execute(_QUERIES["prune-old"], {"before": before})
        tx.execute(_QUERIES["prune-many"], {"kept": MOST_ENTRIES})
        tx.execute(_QUERIES["prune-refusals"], {"kept": MOST_REFUSALS})

    def newest(self, tx: Transaction, span: Span, before: int, limit: int) -> Sequence[Entry]:
        """Return entries below a number, the newest first."""
        return _entries(
            tx.fetch_all(_QUERIES["list-newest"], {**_of(span), "before": before, "limit": limit})
        )

    def oldest(self, tx: Transaction, span: Span, after: int, limit: int) -> Sequence[Entry]:
        """Return entries above a number, the oldest first."""
        return _entries(tx.fetch_all(_QUERIES["list-oldest"], {**_of(span), "after": after, "limit": limit}))


def _of(span: Span) -> dict[str, object]:
    return {"since": span.since, "until": span.until, "actor": span.actor}


def _entries(rows: Sequence[Row]) -> Sequence[Entry]:
    return [Entry(**row) for row in rows]
