"""The incidents in memory, ready to be asked, and as fresh as the database at every request.

    absent ── asked for ──▶ loading ── one snapshot, fitted ──▶ ready
       ▲                                                          │
       └──────────── a change names it, by any process ───────────┘

A fitted incident is replaced as a whole, so no request sees half of a change.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from quell.database.base import Database, Row, Transaction
from quell.database.watch import ChangeWatch
from quell.errors import ResourceNotFound
from quell.incidents.domain import Incident
from quell.incidents.rows import R, S
from quell.incidents.store import IncidentStore

F = TypeVar("F")
Q = TypeVar("Q")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An incident and the rows of those of its samples that count: all, or only the `deployed` ones."""

    tx: Transaction
    incident: Incident
    rows: Sequence[Row]
    deployed: bool


class Fitting(ABC, Generic[S, R, F, Q]):
    """How incidents of one medium are fitted: samples `S`, as read `R`, to `F`, which is asked with `Q`.

    `batch` samples are read again between two short transactions.
    """

    batch: int = 64

    @property
    @abstractmethod
    def reading(self) -> str:
        """The rules and models that samples have to be read by."""

    @abstractmethod
    def read(self, sample: S) -> R | None:
        """Read a stored sample again; None where that is no longer possible."""

    @abstractmethod
    def ready(self, entry: F, query: Q) -> bool:
        """Return whether a fitted incident can be asked this."""

    @abstractmethod
    def gather(self, snapshot: Snapshot, query: Q, entry: F | None) -> Callable[[], F]:
        """Read what a fitted incident needs; return what fits it once the snapshot is closed.

        `entry` is what was fitted before and is not ready for the query.
        """


@dataclass(slots=True)
class _Slot(Generic[F]):
    loading: threading.Lock = field(default_factory=threading.Lock)
    entry: F | None = None


class IncidentIndex(Generic[S, R, F, Q]):
    """Fitted incidents by name; safe to ask from several threads.

    With `require_deploy` only those samples count that the last successful deployment found.
    """

    def __init__(
        self,
        database: Database,
        store: IncidentStore[S, R],
        fitting: Fitting[S, R, F, Q],
        *,
        require_deploy: bool = False,
    ) -> None:
        self._database = database
        self._store = store
        self._fitting = fitting
        self._require_deploy = require_deploy
        self._lock = threading.Lock()
        self._slots: dict[str, _Slot[F]] = {}
        self._unreadable: set[str] = set()
        self._watch = ChangeWatch(database, store.change_kind)

    @property
    def sequence(self) -> int:
        """The number of the newest change that was seen, 0 before the first request."""
        return self._watch.sequence

    @property
    def ready(self) -> int:
        """How many incidents are in memory, ready to be asked."""
        with self._lock:
            return sum(slot.entry is not None for slot in self._slots.values())

    def prepare(self) -> int:
        """Read samples again that other rules or encoders have read; return how many there were."""
        total, after = 0, ""
        with self._database.reading() as tx:
            if not self._store.present(tx):
                return 0
        while True:
            with self._database.reading() as tx:
                batch = self._store.outdated(tx, self._fitting.reading, self._fitting.batch, after)
            if not batch:
                return total
            total += self._reread(batch)
            after = batch[-1]

    def fitted(self, names: Sequence[str], query: Q, target: str) -> list[F]:
        """Return the named incidents, each once, ready to be asked this.

        An unknown name is refused with its place in the request's list, which is called `target`.
        """
        self._refresh()
        unique = dict.fromkeys(names)
        with self._lock:
            slots = [self._slots.get(name) for name in unique]
        found = []
        for name, slot in zip(unique, slots, strict=True):
            entry = slot.entry if slot is not None else None
            if entry is None or not self._fitting.ready(entry, query):
                entry = self._find(name, query, f"{target}[{names.index(name)}]")
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

    def _find(self, name: str, query: Q, target: str) -> F:
        with self._lock:
            slot = self._slots.setdefault(name, _Slot())
        with slot.loading:
            entry = slot.entry
            if entry is None or not self._fitting.ready(entry, query):
                entry = slot.entry = self._load(name, query, entry)
        if entry is None:
            with self._lock:
                self._slots.pop(name, None)
            raise ResourceNotFound(f"The incident '{name}' does not exist.", target=target)
        return entry

    def _load(self, name: str, query: Q, entry: F | None) -> F | None:
        """Read an incident in one snapshot, then fit it; what `entry` was fitted for stays fitted."""
        while True:
            with self._database.reading() as tx:
                incident = self._store.get(tx, name)
                if incident is None:
                    return None
                rows = self._store.matching_samples(tx, incident, deployed=self._require_deploy)
                outdated = [row["id"] for row in rows if self._is_outdated(row)]
                if not outdated:
                    snapshot = Snapshot(tx, incident, rows, self._require_deploy)
                    fit = self._fitting.gather(snapshot, query, entry)
                    break
            self._reread(outdated)
        return fit()

    def _is_outdated(self, row: Row) -> bool:
        return row["reading"] != self._fitting.reading and row["id"] not in self._unreadable

    def _reread(self, ids: Sequence[str]) -> int:
        """Read samples again, a few at a time; return how many could be read."""
        total = 0
        for start in range(0, len(ids), self._fitting.batch):
            part = ids[start : start + self._fitting.batch]
            with self._database.reading() as tx:
                samples = self._store.samples(tx, part)
            read = [(sample, self._fitting.read(sample)) for sample in samples]
            known = [(sample, found) for sample, found in read if found is not None]
            self._unreadable.update(sample.id for sample, found in read if found is None)
            with self._database.transaction() as tx:
                self._store.reread(tx, known)
            total += len(known)
        return total
