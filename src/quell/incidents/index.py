"""The incidents in memory, ready to be asked, and as fresh as the database at every request.

    absent ── asked for ──▶ loading ── one snapshot, fitted ──▶ ready
       ▲                                                          │
       └──────────── a change names it, by any process ───────────┘

A fitted incident is replaced as a whole, so no request sees half of a change.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from quell.database.base import Database, Row, Transaction
from quell.database.watch import ChangeWatch
from quell.errors import ResourceNotFound
from quell.incidents.background import Background
from quell.incidents.domain import Incident, TextSample
from quell.incidents.fitting import fit_block
from quell.incidents.literal import LiteralIndex
from quell.incidents.matcher import Block, FittedIncident
from quell.incidents.reading import Reading, TextReader
from quell.incidents.store import IncidentStore

_BATCH = 64  # samples that are read again between two short transactions


@dataclass(slots=True)
class _Slot:
    loading: threading.Lock = field(default_factory=threading.Lock)
    entry: FittedIncident | None = None


class IncidentIndex:
    """Fitted incidents by name; safe to ask from several threads.

    With `require_deploy` only those samples count that the last successful deployment found.
    """

    def __init__(
        self,
        database: Database,
        store: IncidentStore,
        reader: TextReader,
        backgrounds: Mapping[str, Background],
        *,
        require_deploy: bool = False,
    ) -> None:
        self._database = database
        self._store = store
        self._reader = reader
        self._backgrounds = backgrounds
        self._require_deploy = require_deploy
        self._lock = threading.Lock()
        self._slots: dict[str, _Slot] = {}
        self._watch = ChangeWatch(database, store.change_kind)

    def prepare(self) -> int:
        """Read samples again that other rules or encoders have read; return how many there were."""
        total = 0
        while True:
            with self._database.reading() as tx:
                batch = self._store.outdated(tx, self._reader.reading, _BATCH)
            if not batch:
                return total
            self._reread(batch)
            total += len(batch)

    def fitted(self, names: Sequence[str], reading: Reading, target: str) -> list[FittedIncident]:
        """Return the named incidents, each once, fitted for the encoders that read this text.

        An unknown name is refused with its place in the request's list, which is called `target`.
        """
        self._refresh()
        unique = dict.fromkeys(names)
        with self._lock:
            slots = [self._slots.get(name) for name in unique]
        found = []
        for name, slot in zip(unique, slots, strict=True):
            entry = slot.entry if slot is not None else None
            if entry is None or not _ready(entry, reading):
                entry = self._find(name, reading, f"{target}[{names.index(name)}]")
            found.append(entry)
        return found

    def _refresh(self) -> None:
        """Forget what has changed since the last request."""
        if self._watch.quiet():
            return
        with self._lock:
            touched = self._watch.touched()
            if touched is None:
                self._slots.clear()
            for name in touched or ():
                # A thread that is loading it keeps the old slot to itself: its request began before.
                self._slots.pop(name, None)

    def _find(self, name: str, reading: Reading, target: str) -> FittedIncident:
        with self._lock:
            slot = self._slots.setdefault(name, _Slot())
        with slot.loading:
            entry = slot.entry
            if entry is None or not _ready(entry, reading):
                entry = slot.entry = self._load(name, reading, tuple(entry.blocks) if entry else ())
        if entry is None:
            with self._lock:
                self._slots.pop(name, None)
            raise ResourceNotFound(f"The incident '{name}' does not exist.", target=target)
        return entry

    def _load(self, name: str, reading: Reading, loaded: Sequence[str]) -> FittedIncident | None:
        """Read an incident in one snapshot, then fit it; `loaded` encoders stay loaded."""
        while True:
            with self._database.reading() as tx:
                incident = self._store.get(tx, name)
                if incident is None:
                    return None
                rows = self._store.matching_samples(tx, incident, deployed=self._require_deploy)
                outdated = [row for row in rows if row["reading"] != self._reader.reading]
                if not outdated:
                    shell = self._shell(tx, incident, rows)
                    needed = dict.fromkeys((*loaded, *shell.encoders_for(reading)))
                    vectors = {encoder: self._vectors(tx, incident, encoder) for encoder in needed}
                    break
            self._reread([TextSample(row["id"], row["text"]) for row in outdated])
        blocks = {encoder: self._fit(encoder, *found) for encoder, found in vectors.items() if found[0]}
        return FittedIncident(
            shell.name, shell.threshold, shell.samples, shell.literals, shell.counts, blocks
        )

    def _shell(self, tx: Transaction, incident: Incident, rows: Sequence[Row]) -> FittedIncident:
        return FittedIncident(
            incident.name,
            incident.threshold,
            {row["id"]: TextSample(row["id"], row["text"]) for row in rows},
            LiteralIndex({row["id"]: row["literal"] for row in rows}),
            self._store.matching_counts(tx, incident, deployed=self._require_deploy),
            {},
        )

    def _vectors(self, tx: Transaction, incident: Incident, encoder: str) -> tuple[Sequence[str], bytes]:
        return self._store.matching_vectors(tx, incident, encoder, deployed=self._require_deploy)

    def _fit(self, encoder: str, ids: Sequence[str], vectors: bytes) -> Block:
        rows = np.frombuffer(vectors, dtype="<f4").reshape(len(ids), -1)
        return fit_block(ids, rows, self._backgrounds[encoder])

    def _reread(self, samples: Sequence[TextSample]) -> None:
        read = [(sample, self._reader.sample(sample.text)) for sample in samples]
        with self._database.transaction() as tx:
            self._store.reread(tx, read)


def _ready(entry: FittedIncident, reading: Reading) -> bool:
    return all(encoder in entry.blocks for encoder in entry.encoders_for(reading))
