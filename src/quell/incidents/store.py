"""Incidents and samples as rows; every change is announced in the change table."""

from collections.abc import Callable, Iterable, Sequence
from typing import Generic

from quell.database import changes
from quell.database.base import Row, Transaction
from quell.database.queries import load
from quell.incidents.domain import Incident
from quell.incidents.rows import R, S, SampleRows

_QUERIES = load("quell.incidents")


class IncidentStore(Generic[S, R]):
    """The incidents of one medium, read and written inside the caller's transaction."""

    def __init__(self, rows: SampleRows[S, R], new_id: Callable[[], str]) -> None:
        self.medium = rows.medium
        self.change_kind = f"{rows.medium}/incidents"
        self._rows = rows
        self._new_id = new_id

    def get(self, tx: Transaction, name: str) -> Incident | None:
        """Return one incident, or None."""
        row = tx.fetch_one(_QUERIES["get-incident"], {"medium": self.medium, "name": name})
        return Incident(**row) if row else None

    def list(self, tx: Transaction, skip: int, limit: int) -> Sequence[Incident]:
        """Return a stretch of the incidents, newest first."""
        params = {"medium": self.medium, "skip": skip, "limit": limit}
        return [Incident(**row) for row in tx.fetch_all(_QUERIES["list-incidents"], params)]

    def names(self, tx: Transaction) -> Sequence[str]:
        """Return the names of all incidents, oldest first."""
        return [row["name"] for row in tx.fetch_all(_QUERIES["incident-names"], {"medium": self.medium})]

    def count(self, tx: Transaction) -> int:
        """Return how many incidents there are."""
        return int(_one(tx, "count-incidents", {"medium": self.medium})["incidents"])

    def add(
        self,
        tx: Transaction,
        name: str,
        *,
        description: str | None,
        definition: str | None,
        sensitivity: float,
        now: int,
    ) -> Incident:
        """Store a new incident without samples."""
        position = _one(tx, "count-incidents", {"medium": self.medium})["position"]
        incident = Incident(self._new_id(), name, description, definition, sensitivity, now, now)
        fields = {"medium": self.medium, "position": position, **_fields(incident), "created": now}
        tx.execute(_QUERIES["add-incident"], fields)
        self._announce(tx, name)
        return incident

    def update(self, tx: Transaction, incident: Incident) -> None:
        """Store the changed fields of an incident."""
        fields = _fields(incident)
        del fields["name"]
        tx.execute(_QUERIES["update-incident"], fields)
        self._announce(tx, incident.name)

    def delete(self, tx: Transaction, incident: Incident) -> None:
        """Delete an incident and its samples."""
        tx.execute(_QUERIES["delete-incident"], {"id": incident.id})
        self._announce(tx, incident.name)

    def get_sample(self, tx: Transaction, incident: Incident, sample_id: str) -> S | None:
        """Return one sample with all it holds, or None."""
        row = tx.fetch_one(_QUERIES["get-sample"], {"incident_id": incident.id, "id": sample_id})
        return self._rows.whole(tx, row) if row else None

    def samples(self, tx: Transaction, ids: Iterable[str]) -> Sequence[S]:
        """Return these samples with all they hold, of whatever incident; those that are gone are left out."""
        found = (tx.fetch_one(_QUERIES["get-any-sample"], {"id": sample_id}) for sample_id in ids)
        return [self._rows.whole(tx, row) for row in found if row]

    def list_samples(self, tx: Transaction, incident: Incident, skip: int, limit: int) -> Sequence[S]:
        """Return a stretch of the samples, newest first."""
        params = {"incident_id": incident.id, "skip": skip, "limit": limit}
        return [self._rows.listed(row) for row in tx.fetch_all(_QUERIES["list-samples"], params)]

    def contents(self, tx: Transaction, incident: Incident) -> Sequence[object]:
        """Return what the samples of an incident hold, texts or files, oldest first."""
        rows = tx.fetch_all(_QUERIES["matching-samples"], _matching(incident, deployed=False))
        return [self._rows.content(sample) for sample in self.samples(tx, [row["id"] for row in rows])]

    def content_bytes(self, tx: Transaction, incident: Incident) -> int:
        """Return how many bytes the files of an incident's samples have; texts have none."""
        return int(_one(tx, "incident-bytes", {"incident_id": incident.id})["size"])

    def add_samples(self, tx: Transaction, incident: Incident, samples: Sequence[R], now: int) -> Sequence[S]:
        """Store new samples and return them with their ids."""
        position = int(_one(tx, "count-samples", {"incident_id": incident.id})["position"])
        rows = [
            {
                "id": self._new_id(),
                "incident_id": incident.id,
                "position": position + number,
                "added": now,
                **self._rows.members(sample),
            }
            for number, sample in enumerate(samples)
        ]
        tx.execute_many(_QUERIES["add-sample"], rows)
        for row, sample in zip(rows, samples, strict=True):
            self._rows.keep(tx, str(row["id"]), sample)
            self._rows.keep_reading(tx, str(row["id"]), sample)
        self._touch(tx, incident, now)
        return [self._rows.listed(row) for row in rows]

    def remove_samples(self, tx: Transaction, incident: Incident, ids: Iterable[str], now: int) -> str | None:
        """Remove samples; return the first id that the incident does not have, or None."""
        for sample_id in ids:
            params = {"incident_id": incident.id, "id": sample_id}
            if tx.execute(_QUERIES["remove-sample"], params) == 0:
                return sample_id
        self._touch(tx, incident, now)
        return None

    def deploy(self, tx: Transaction, incident: Incident) -> None:
        """Make the samples of this moment the deployed ones."""
        tx.execute(_QUERIES["deploy-samples"], {"incident_id": incident.id})
        self._announce(tx, incident.name)

    def present(self, tx: Transaction) -> bool:
        """Return whether any incident has samples."""
        return bool(_one(tx, "any-samples", {"medium": self.medium})["present"])

    def outdated(self, tx: Transaction, reading: str, limit: int, after: str = "") -> Sequence[str]:
        """Return ids, in order from `after` on, of samples that were not read as `reading` says."""
        params = {"medium": self.medium, "reading": reading, "limit": limit, "after": after}
        return [row["id"] for row in tx.fetch_all(_QUERIES["outdated-samples"], params)]

    def reread(self, tx: Transaction, samples: Iterable[tuple[S, R]]) -> None:
        """Store how samples were read this time; those that were removed meanwhile stay removed."""
        for sample, read in samples:
            members = self._rows.members(read)
            params = {"id": sample.id, "literal": members["literal"], "reading": members["reading"]}
            if tx.execute(_QUERIES["reread-sample"], params):
                tx.execute(_QUERIES["drop-vectors"], {"sample_id": sample.id})
                self._rows.keep_reading(tx, sample.id, read)

    def matching_samples(self, tx: Transaction, incident: Incident, *, deployed: bool) -> Sequence[Row]:
        """Return id, text, literal and reading of the samples, all or only the deployed ones."""
        return tx.fetch_all(_QUERIES["matching-samples"], _matching(incident, deployed=deployed))

    def matching_counts(self, tx: Transaction, incident: Incident, *, deployed: bool) -> dict[str, int]:
        """Return how many of these samples each encoder has read."""
        rows = tx.fetch_all(_QUERIES["matching-counts"], _matching(incident, deployed=deployed))
        return {row["encoder"]: int(row["samples"]) for row in rows}

    def matching_vectors(
        self, tx: Transaction, incident: Incident, encoder: str, *, deployed: bool
    ) -> Sequence[tuple[str, bytes]]:
        """Return ids of these samples and what one encoder made of each; a text's is a vector of float32."""
        params = {**_matching(incident, deployed=deployed), "encoder": encoder}
        rows = tx.fetch_all(_QUERIES["matching-vectors"], params)
        return [(row["sample_id"], row["vector"]) for row in rows]

    def _touch(self, tx: Transaction, incident: Incident, now: int) -> None:
        tx.execute(_QUERIES["touch-incident"], {"id": incident.id, "updated": now})
        self._announce(tx, incident.name)

    def _announce(self, tx: Transaction, name: str) -> None:
        changes.record(tx, self.change_kind, name)


def _one(tx: Transaction, query: str, params: dict[str, object]) -> Row:
    row = tx.fetch_one(_QUERIES[query], params)
    if row is None:
        raise LookupError(f"the query {query} always has a row")
    return row


def _fields(incident: Incident) -> dict[str, object]:
    return {
        "id": incident.id,
        "name": incident.name,
        "description": incident.description,
        "definition": incident.definition,
        "sensitivity": incident.sensitivity,
        "updated": incident.updated,
    }


def _matching(incident: Incident, *, deployed: bool) -> dict[str, object]:
    return {"incident_id": incident.id, "deployed": int(deployed)}
