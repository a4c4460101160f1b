"""Incidents and their samples: create, change, list, delete."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Generic, TypeVar

from quell.database.base import Database, Transaction
from quell.errors import InvalidRequestBody, ResourceNotFound
from quell.incidents.domain import DEFAULT_SENSITIVITY, Incident, IncidentChange, Limits
from quell.incidents.rows import R, S
from quell.incidents.store import IncidentStore
from quell.operations.store import OperationStore
from quell.values import KEEP, Keep, Stretch

T = TypeVar("T")


class IncidentService(Generic[S, R]):
    """The rules for the incidents of one medium; `clock` gives microseconds since 1970.

    Samples come in already read, so that no transaction is open while an encoder works.
    """

    def __init__(
        self,
        database: Database,
        store: IncidentStore[S, R],
        operations: OperationStore,
        limits: Limits,
        clock: Callable[[], int],
    ) -> None:
        self.limits = limits
        self._database = database
        self._store = store
        self._operations = operations
        self._clock = clock

    def get(self, name: str) -> Incident:
        """Return one incident."""
        with self._database.reading() as tx:
            return find(tx, self._store, name)

    def list(self, skip: int, limit: int) -> Stretch[Incident]:
        """Return a stretch of the incidents, newest first."""
        with self._database.reading() as tx:
            return _stretch(self._store.list(tx, skip, limit + 1), limit)

    def names(self) -> Sequence[str]:
        """Return the names of all incidents, oldest first."""
        with self._database.reading() as tx:
            return self._store.names(tx)

    def put(self, name: str, change: IncidentChange) -> tuple[Incident, bool]:
        """Create an incident or change it; return it and whether it is new."""
        with self._database.transaction() as tx:
            incident = self._store.get(tx, name)
            if incident is None:
                return self._create(tx, name, change), True
            changed = _changed(incident, change, self._clock())
            self._store.update(tx, changed)
            return changed, False

    def change(self, name: str, change: IncidentChange) -> Incident:
        """Change an incident that exists."""
        with self._database.transaction() as tx:
            changed = _changed(find(tx, self._store, name), change, self._clock())
            self._store.update(tx, changed)
            return changed

    def delete(self, name: str) -> None:
        """Delete an incident with its samples, and cancel what was going on with it; absent is fine, too."""
        with self._database.transaction() as tx:
            incident = self._store.get(tx, name)
            if incident is not None:
                self._operations.cancel(tx, self._store.change_kind, incident.id, self._clock())
                self._store.delete(tx, incident)

    def check_room(self, name: str, count: int) -> None:
        """Refuse early, before anything is encoded, what `add_samples` would refuse."""
        with self._database.reading() as tx:
            self._check_room(find(tx, self._store, name), count)

    def add_samples(self, name: str, samples: Sequence[R]) -> Sequence[S]:
        """Add samples, all or none, and return them with their new ids."""
        with self._database.transaction() as tx:
            incident = find(tx, self._store, name)
            self._check_room(incident, len(samples))
            return self._store.add_samples(tx, incident, samples, self._clock())

    def remove_samples(self, name: str, ids: Sequence[str]) -> None:
        """Remove samples, all or none."""
        with self._database.transaction() as tx:
            incident = find(tx, self._store, name)
            unknown = self._store.remove_samples(tx, incident, dict.fromkeys(ids), self._clock())
            if unknown is not None:
                raise ResourceNotFound(
                    f"The incident '{name}' has no such sample; nothing was removed.",
                    target=f"incidentSampleIds[{ids.index(unknown)}]",
                )

    def list_samples(self, name: str, skip: int, limit: int) -> Stretch[S]:
        """Return a stretch of an incident's samples, newest first."""
        with self._database.reading() as tx:
            incident = find(tx, self._store, name)
            return _stretch(self._store.list_samples(tx, incident, skip, limit + 1), limit)

    def get_sample(self, name: str, sample_id: str) -> S:
        """Return one sample of an incident."""
        with self._database.reading() as tx:
            sample = self._store.get_sample(tx, find(tx, self._store, name), sample_id)
        if sample is None:
            raise ResourceNotFound(f"The incident '{name}' has no such sample.", target="incidentSampleId")
        return sample

    def _create(self, tx: Transaction, name: str, change: IncidentChange) -> Incident:
        if self._store.count(tx) >= self.limits.incidents:
            raise InvalidRequestBody(
                f"The limit of {self.limits.incidents} incidents is reached; delete one first.",
                target="incidentName",
            )
        return self._store.add(
            tx,
            name,
            description=_or(change.description, None),
            definition=_or(change.definition, None),
            sensitivity=_or(change.sensitivity, DEFAULT_SENSITIVITY),
            now=self._clock(),
        )

    def _check_room(self, incident: Incident, count: int) -> None:
        if incident.samples + count > self.limits.samples:
            raise InvalidRequestBody(
                f"The limit of {self.limits.samples} samples per incident would be passed: "
                f"'{incident.name}' has {incident.samples}, {count} more were sent.",
                target="incidentSamples",
            )


def find(tx: Transaction, store: IncidentStore[Any, Any], name: str) -> Incident:
    """Return an incident that the URL names, or refuse."""
    incident = store.get(tx, name)
    if incident is None:
        raise ResourceNotFound(f"The incident '{name}' does not exist.", target="incidentName")
    return incident


def _changed(incident: Incident, change: IncidentChange, now: int) -> Incident:
    return replace(
        incident,
        description=_or(change.description, incident.description),
        definition=_or(change.definition, incident.definition),
        sensitivity=_or(change.sensitivity, incident.sensitivity),
        updated=now,
    )


def _or(value: T | Keep, kept: T) -> T:
    return kept if value is KEEP else value


def _stretch(found: Sequence[T], limit: int) -> Stretch[T]:
    return Stretch(tuple(found[:limit]), more=len(found) > limit)
