"""What clients ask about operations."""

from quell.database.base import Database
from quell.errors import ResourceNotFound
from quell.operations.domain import Operation
from quell.operations.store import OperationStore


class OperationService:
    """Answers for the status of operations."""

    def __init__(self, database: Database, store: OperationStore) -> None:
        self._database = database
        self._store = store

    def get(self, collection: str, operation_id: str) -> Operation:
        """Return one operation of a collection such as `text/incidents`."""
        with self._database.reading() as tx:
            operation = self._store.get(tx, collection, operation_id)
        if operation is None:
            raise ResourceNotFound(f"The operation '{operation_id}' does not exist.", target="operationId")
        return operation
