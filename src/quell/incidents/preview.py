"""What an incident would catch, before it is live."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from quell.database.base import Database, Row, Transaction
from quell.errors import InvalidRequestBody
from quell.incidents.background import Background
from quell.incidents.domain import (
    DEFAULT_SENSITIVITY,
    MAX_SAMPLES,
    Embedding,
    ImageMatch,
    Incident,
    Match,
    ReadSample,
    TextSample,
    threshold,
)
from quell.incidents.fitting import fit_samples, rows_of
from quell.incidents.matcher import FittedIncident, explain
from quell.incidents.reading import TextReader
from quell.incidents.service import find
from quell.incidents.store import IncidentStore

Outcome = Literal["caught", "nearly", "not"]

NEARLY = 0.5
"""A text is nearly caught from this share of the threshold on."""

_ORDER: Mapping[Outcome, int] = {"caught": 0, "nearly": 1, "not": 2}


class Placed(Protocol):
    """A finding of either medium."""

    @property
    def position(self) -> int:
        """The place in the request."""

    @property
    def outcome(self) -> Outcome:
        """What came of it."""

    @property
    def match(self) -> Match | ImageMatch:
        """The verdict."""


P = TypeVar("P", bound=Placed)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a previewed incident says of one text; `position` is the text's place in the request."""

    position: int
    text: str
    outcome: Outcome
    match: Match


class Preview:
    """Fits incidents that are not stored, alone or on top of one that is."""

    def __init__(
        self,
        database: Database,
        store: IncidentStore[TextSample, ReadSample],
        reader: TextReader,
        backgrounds: Mapping[str, Background],
    ) -> None:
        self._database = database
        self._store = store
        self._reader = reader
        self._backgrounds = backgrounds

    def fit(
        self, name: str | None, samples: Sequence[ReadSample], sensitivity: float | None
    ) -> FittedIncident:
        """Fit the samples, on top of the named incident's; its sensitivity counts where none is given."""
        new = [(TextSample(f"samples[{place}]", sample.text), sample) for place, sample in enumerate(samples)]
        if name is None:
            known: Sequence[tuple[TextSample, ReadSample]] = ()
            own = DEFAULT_SENSITIVITY
        else:
            incident, known = self._stored(name)
            own = incident.sensitivity
        together = [*known, *new]
        check_count(len(together))
        limit = threshold(own if sensitivity is None else sensitivity)
        return fit_samples(name or "preview", limit, together, self._backgrounds)

    def judge(self, fitted: FittedIncident, position: int, text: str) -> Finding:
        """Say what the incident makes of one text."""
        found = explain(self._reader.text(text), fitted)
        return Finding(position, text, outcome_of(found), found)

    def _stored(self, name: str) -> tuple[Incident, Sequence[tuple[TextSample, ReadSample]]]:
        with self._database.reading() as tx:
            incident = find(tx, self._store, name)
            rows = self._store.matching_samples(tx, incident, deployed=False)
            embeddings = self._embeddings(tx, incident)
        return incident, [
            (TextSample(row["id"], row["text"]), self._as_read(row, embeddings.get(row["id"], ())))
            for row in rows
        ]

    def _embeddings(self, tx: Transaction, incident: Incident) -> dict[str, tuple[Embedding, ...]]:
        found: dict[str, tuple[Embedding, ...]] = {}
        for encoder in self._store.matching_counts(tx, incident, deployed=False):
            stored = self._store.matching_vectors(tx, incident, encoder, deployed=False)
            for (sample_id, _), row in zip(stored, rows_of(stored), strict=True):
                found[sample_id] = (*found.get(sample_id, ()), Embedding(encoder, "", row))
        return found

    def _as_read(self, row: Row, embeddings: tuple[Embedding, ...]) -> ReadSample:
        if row["reading"] != self._reader.reading:
            return self._reader.sample(row["text"])
        return ReadSample(row["text"], row["literal"], row["reading"], embeddings)


def in_order(findings: Iterable[P]) -> list[P]:
    """Return the findings, caught ones first, in each group the likeliest first."""
    return sorted(
        findings,
        key=lambda finding: (_ORDER[finding.outcome], -finding.match.probability, finding.position),
    )


def check_count(samples: int) -> None:
    """Refuse a preview without samples, or with too many."""
    if not 0 < samples <= MAX_SAMPLES:
        raise InvalidRequestBody(
            f"A preview needs 1 to {MAX_SAMPLES} samples, those of the incident included.", target="samples"
        )


def outcome_of(match: Match | ImageMatch) -> Outcome:
    """Say whether a match was caught, or nearly."""
    if match.hit:
        return "caught"
    return "nearly" if match.probability >= NEARLY * match.threshold else "not"
