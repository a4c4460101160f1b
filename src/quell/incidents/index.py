"""The incidents in memory, ready to be asked, and as fresh as the database at every request.

    absent ── asked for ──▶ loading ── one snapshot, fitted ──▶ ready
       ▲                                                          │
       ├──────────── a change names it, by any process ───────────┤
       └─────── memory is short, and others were asked since ─────┘

A fitted incident is replaced as a whole, so no request sees half of a change. It is lent for one question
and not longer, so that what is let go is gone: a request that names more than fits has it one by one.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from quell.database.base import Database, Row, Transaction
from quell.database.watch import ChangeWatch
from quell.errors import ResourceNotFound
from quell.incidents.domain import Incident
from quell.incidents.held import F, Held
from quell.incidents.rows import R, S
from quell.incidents.store import IncidentStore

Q = TypeVar("Q")
A = TypeVar("A")


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


class IncidentIndex(Generic[S, R, F, Q]):
    """Fitted incidents by name; safe to ask from several threads.

    With `require_deploy` only those samples count that the last successful deployment found.
    `bound` is the memory in bytes that incidents may take, 0 for as much as they need.
    """

    def __init__(
        self,
        database: Database,
        store: IncidentStore[S, R],
        fitting: Fitting[S, R, F, Q],
        *,
        require_deploy: bool = False,
        bound: int = 0,
    ) -> None:
        self.held: Held[F] = Held(bound)
        self._database = database
        self._store = store
        self._fitting = fitting
        self._require_deploy = require_deploy
        # One is loaded at a time: loading is work for one core, and takes memory that is not counted yet.
        self._turn = threading.Lock()
        self._unreadable: set[str] = set()
        self._watch = ChangeWatch(database, store.change_kind)

    @property
    def sequence(self) -> int:
        """The number of the newest change that was seen, 0 before the first request."""
        return self._watch.sequence

    @property
    def ready(self) -> int:
        """How many incidents are in memory, ready to be asked."""
        return self.held.count

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

    def ask(self, names: Sequence[str], query: Q, target: str, question: Callable[[F], A]) -> list[A]:
        """Return what the question answers about each named incident, each once, ready to be asked this.

        An unknown name is refused with its place in the request's list, which is called `target`.
        """
        self._refresh()
        places: dict[str, str] = {}
        for place, name in enumerate(names):
            places.setdefault(name, f"{target}[{place}]")
        absent = frozenset(self.held.absent(places))
        self._check(absent, places)
        # Those in memory come first: to load the others may let them go.
        order = sorted(places, key=absent.__contains__)
        answers = {name: question(self._find(name, query, places[name])) for name in order}
        return [answers[name] for name in places]

    def _refresh(self) -> None:
        """Forget what has changed since the last request."""
        if not self._watch.quiet():
            self.held.forget(self._watch.touched)

    def _check(self, absent: Collection[str], places: Mapping[str, str]) -> None:
        """Refuse an unknown name before anything is loaded."""
        if not absent:
            return
        with self._database.reading() as tx:
            for name, place in places.items():
                if name in absent and self._store.get(tx, name) is None:
                    raise _unknown(name, place)

    def _find(self, name: str, query: Q, place: str) -> F:
        """Return an incident, which one thread loads while the others that ask for it wait."""
        slot = self.held.slot(name)
        entry = slot.entry
        if entry is None or not self._fitting.ready(entry, query):
            with slot.loading:
                entry = slot.entry
                if entry is None or not self._fitting.ready(entry, query):
                    entry = self._load(name, query, entry)
                    if entry is None:
                        self.held.drop(name, slot)
                        raise _unknown(name, place)
                    self.held.keep(name, slot, entry)
        return entry

    def _load(self, name: str, query: Q, entry: F | None) -> F | None:
        """Read an incident in one snapshot, then fit it; what `entry` was fitted for stays fitted."""
        while True:
            with self._turn:
                fit, outdated = self._gather(name, query, entry)
                if not outdated:
                    return fit() if fit else None
            self._reread(outdated)

    def _gather(self, name: str, query: Q, entry: F | None) -> tuple[Callable[[], F] | None, Sequence[str]]:
        """Return what fits an incident that is there, or the samples that have to be read again first."""
        with self._database.reading() as tx:
            incident = self._store.get(tx, name)
            if incident is None:
                return None, ()
            rows = self._store.matching_samples(tx, incident, deployed=self._require_deploy)
            outdated = [row["id"] for row in rows if self._is_outdated(row)]
            if outdated:
                return None, outdated
            snapshot = Snapshot(tx, incident, rows, self._require_deploy)
            return self._fitting.gather(snapshot, query, entry), ()

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


def _unknown(name: str, place: str) -> ResourceNotFound:
    return ResourceNotFound(f"The incident '{name}' does not exist.", target=place)
