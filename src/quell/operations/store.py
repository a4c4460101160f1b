"""Operations as rows."""

from dataclasses import asdict

from quell.database.base import Transaction
from quell.database.queries import load
from quell.errors import QuellError
from quell.operations.domain import RETENTION, Operation, Status

_QUERIES = load("quell.operations")


class OperationStore:
    """Reads and writes operations inside the caller's transaction."""

    def get(self, tx: Transaction, collection: str, operation_id: str) -> Operation | None:
        """Return one operation, or None."""
        row = tx.fetch_one(_QUERIES["get-operation"], {"collection": collection, "id": operation_id})
        return Operation(**row) if row else None

    def add(self, tx: Transaction, operation: Operation) -> None:
        """Store a new operation, and forget those that were kept long enough."""
        tx.execute(_QUERIES["prune-operations"], {"before": operation.updated - RETENTION})
        tx.execute(_QUERIES["add-operation"], asdict(operation))

    def cancel(self, tx: Transaction, collection: str, subject: str, now: int) -> None:
        """End the unfinished operations of a subject."""
        tx.execute(_QUERIES["cancel-operations"], {"collection": collection, "subject": subject, "now": now})

    def begin(self, tx: Transaction, collection: str, subject: str, now: int) -> None:
        """Note that the operations of a subject are running."""
        tx.execute(_QUERIES["begin-operations"], {"collection": collection, "subject": subject, "now": now})

    def finish(
        self,
        tx: Transaction,
        collection: str,
        subject: str,
        status: Status,
        *,
        now: int,
        error: QuellError | None = None,
    ) -> None:
        """End the unfinished operations of a subject, one way or the other."""
        members = {
            "collection": collection,
            "subject": subject,
            "status": status,
            "error_code": error.code if error else None,
            "error_message": error.message if error else None,
            "now": now,
        }
        tx.execute(_QUERIES["finish-operations"], members)
