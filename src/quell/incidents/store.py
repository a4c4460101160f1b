"""Incidents and samples as rows; every change is announced in the change table."""

from collections.abc import Callable, Iterable, Sequence

from quell.database import changes
from quell.database.base import Row, Transaction
from quell.database.queries import load
from quell.incidents.domain import Incident, Medium, ReadSample, TextSample

_QUERIES = load("quell.incidents")


class IncidentStore:
    """The incidents of one medium, read and written inside the caller's transaction."""

    def __init__(self, medium: Medium, new_id: Callable[[], str]) -> None:
        self.medium = medium
        self.change_kind = f"{medium}/incidents"
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

    def get_sample(self, tx: Transaction, incident: Incident, sample_id: str) -> TextSample | None:
        """Return one sample, or None."""
        params = {"incident_id": incident.id, "id": sample_id}
        row = tx.fetch_one(_QUERIES["get-sample"], params)
        return TextSample(**row) if row else None

    def list_samples(
        self, tx: Transaction, incident: Incident, skip: int, limit: int
    ) -> Sequence[TextSample]:
        """Return a stretch of the samples, newest first."""
        params = {"incident_id": incident.id, "skip": skip, "limit": limit}
        return [TextSample(**row) for row in tx.fetch_all(_QUERIES["list-samples"], params)]

    def add_samples(
        self, tx: Transaction, incident: Incident, samples: Sequence[ReadSample], now: int
    ) -> Sequence[TextSample]:
        """Store new samples and return them with their ids."""
        position = int(_one(tx, "count-samples", {"incident_id": incident.id})["position"])
        added = [TextSample(self._new_id(), sample.text) for sample in samples]
        tx.execute_many(
            _QUERIES["add-sample"],
            (
                {
                    "id": new.id,
                    "incident_id": incident.id,
                    "position": position + number,
                    "text": sample.text,
                    "literal": sample.literal,
                    "reading": sample.reading,
                    "added": now,
                }
                for number, (new, sample) in enumerate(zip(added, samples, strict=True))
            ),
        )
        for new, sample in zip(added, samples, strict=True):
            _add_vectors(tx, new.id, sample)
        self._touch(tx, incident, now)
        return added

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

    def outdated(self, tx: Transaction, reading: str, limit: int) -> Sequence[TextSample]:
        """Return samples that were not read as `reading` says."""
        params = {"medium": self.medium, "reading": reading, "limit": limit}
        return [TextSample(**row) for row in tx.fetch_all(_QUERIES["outdated-samples"], params)]

    def reread(self, tx: Transaction, samples: Iterable[tuple[TextSample, ReadSample]]) -> None:
        """Store how samples were read this time; those that were removed meanwhile stay removed."""
        for sample, read in samples:
            params = {"id": sample.id, "literal": read.literal, "reading": read.reading}
            if tx.execute(_QUERIES["reread-sample"], params):
                tx.execute(_QUERIES["drop-vectors"], {"sample_id": sample.id})
                _add_vectors(tx, sample.id, read)

    def matching_samples(self, tx: Transaction, incident: Incident, *, deployed: bool) -> Sequence[Row]:
        """Return id, text, literal and reading of the samples, all or only the deployed ones."""
        return tx.fetch_all(_QUERIES["matching-samples"], _matching(incident, deployed=deployed))

    def matching_counts(self, tx: Transaction, incident: Incident, *, deployed: bool) -> dict[str, int]:
        """Return how many of these samples each encoder has read."""
        rows = tx.fetch_all(_QUERIES["matching-counts"], _matching(incident, deployed=deployed))
        return {row["encoder"]: int(row["samples"]) for row in rows}

    def matching_vectors(
        self, tx: Transaction, incident: Incident, encoder: str, *, deployed: bool
    ) -> tuple[Sequence[str], bytes]:
        """Return ids of these samples and their vectors by one encoder: float32, one after another."""
        params = {**_matching(incident, deployed=deployed), "encoder": encoder}
        rows = tx.fetch_all(_QUERIES["matching-vectors"], params)
        return [row["sample_id"] for row in rows], b"".join(row["vector"] for row in rows)

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


def _add_vectors(tx: Transaction, sample_id: str, sample: ReadSample) -> None:
    tx.execute_many(
        _QUERIES["add-vector"],
        (
            {
                "sample_id": sample_id,
                "encoder": embedding.encoder,
                "revision": embedding.revision,
                "vector": embedding.vector.astype("<f4").tobytes(),
            }
            for embedding in sample.embeddings
        ),
    )
