"""Export and import: an incident as one document."""

from collections.abc import Callable, Sequence
from typing import Any, Generic

from quell.audit.acting import name_resource
from quell.database.base import Database, Transaction
from quell.errors import InvalidRequestBody
from quell.incidents.domain import PICTURE_BYTES, Incident, IncidentCopy, Limits
from quell.incidents.rows import R, S
from quell.incidents.service import find
from quell.incidents.store import IncidentStore
from quell.operations.store import OperationStore

FORMAT_VERSION = 1


class Transfer(Generic[S, R]):
    """Takes incidents out and brings them in, each in one transaction."""

    def __init__(
        self,
        database: Database,
        store: IncidentStore[S, R],
        operations: OperationStore,
        limits: Limits,
        clock: Callable[[], int],
    ) -> None:
        self._database = database
        self._store = store
        self._operations = operations
        self._limits = limits
        self._clock = clock

    def export(self, name: str) -> IncidentCopy[Any]:
        """Return an incident with all its samples, oldest first; refused where they are too large for one."""
        with self._database.reading() as tx:
            incident = find(tx, self._store, name)
            if self._store.content_bytes(tx, incident) > PICTURE_BYTES:
                raise InvalidRequestBody(
                    f"The pictures of '{name}' have more than {PICTURE_BYTES} bytes together; "
                    "read its samples one by one.",
                    target="incidentName",
                )
            contents = self._store.contents(tx, incident)
        return IncidentCopy(
            incident.name,
            incident.description,
            incident.definition,
            incident.sensitivity,
            tuple(contents),
        )

    def check(self, name: str, samples: int, *, overwrite: bool) -> None:
        """Refuse early, before anything is encoded, what `bring_in` would refuse."""
        with self._database.reading() as tx:
            self._check(tx, name, samples, overwrite=overwrite)

    def bring_in(
        self, copy: IncidentCopy[Any], samples: Sequence[R], *, overwrite: bool
    ) -> tuple[Incident, bool]:
        """Store a copy whose samples were read; return the incident and whether its name is new.

        An incident of the same name is replaced as a whole, or the import refused.
        """
        now = self._clock()
        name_resource(f"{self._store.change_kind}/{copy.name}")
        with self._database.transaction() as tx:
            replaced = self._check(tx, copy.name, len(samples), overwrite=overwrite)
            if replaced is not None:
                self._operations.cancel(tx, self._store.change_kind, replaced.id, now)
                self._store.delete(tx, replaced)
            incident = self._store.add(
                tx,
                copy.name,
                description=copy.description,
                definition=copy.definition,
                sensitivity=copy.sensitivity,
                now=now,
            )
            self._store.add_samples(tx, incident, samples, now)
            return find(tx, self._store, copy.name), replaced is None

    def _check(self, tx: Transaction, name: str, samples: int, *, overwrite: bool) -> Incident | None:
        if samples > self._limits.samples:
            raise InvalidRequestBody(
                f"The limit of {self._limits.samples} samples per incident would be passed: "
                f"{samples} were sent.",
                target="samples",
            )
        existing = self._store.get(tx, name)
        if existing is None and self._store.count(tx) >= self._limits.incidents:
            raise InvalidRequestBody(
                f"The limit of {self._limits.incidents} incidents is reached; delete one first.",
                target="incidentName",
            )
        if existing is not None and not overwrite:
            raise InvalidRequestBody(
                f"An incident called '{name}' exists; send overwrite=true to replace it.",
                target="incidentName",
            )
        return existing
