"""Deployment: the samples of this moment become the ones that match, and an operation says so.

The operation and its effect are one transaction, so an operation can never hang.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from quell.database.base import Database
from quell.errors import InvalidRequestBody
from quell.incidents.domain import Incident
from quell.incidents.service import find
from quell.incidents.store import IncidentStore
from quell.operations.domain import Operation
from quell.operations.store import OperationStore


class Deployment:
    """Deploys the incidents of one medium."""

    def __init__(
        self,
        database: Database,
        store: IncidentStore[Any, Any],
        operations: OperationStore,
        new_id: Callable[[], str],
        clock: Callable[[], int],
    ) -> None:
        self._database = database
        self._store = store
        self._operations = operations
        self._new_id = new_id
        self._clock = clock

    def deploy(self, name: str, operation_id: str | None) -> Operation:
        """Deploy an incident; return the operation as its caller first sees it.

        The same id for the same incident returns the operation of the first call, whatever came of it.
        """
        collection = self._store.change_kind
        with self._database.transaction() as tx:
            incident = find(tx, self._store, name)
            if operation_id is not None:
                known = self._operations.get(tx, collection, operation_id)
                if known is not None:
                    return _same(known, incident)
            started = Operation(
                collection,
                operation_id or self._new_id(),
                incident.id,
                "NotStarted",
                created=self._clock(),
                updated=self._clock(),
            )
            if incident.samples:
                self._store.deploy(tx, incident)
            self._operations.add(tx, _finished(started, incident))
            return started


def _finished(started: Operation, incident: Incident) -> Operation:
    if incident.samples:
        return replace(started, status="Succeeded")
    return replace(
        started,
        status="Failed",
        error_code=InvalidRequestBody.code,
        error_message=f"The incident '{incident.name}' has no samples.",
    )


def _same(known: Operation, incident: Incident) -> Operation:
    if known.subject != incident.id:
        raise InvalidRequestBody(
            "The Operation-Id was already used for another incident; send a new one, or none.",
            target="Operation-Id",
        )
    return known
