"""The lists in memory, ready to be asked, and as fresh as the database at every request.

    absent ── asked for ──▶ loading ── one snapshot, compiled ──▶ ready
       ▲                                                            │
       └───────────── a change names it, by any process ────────────┘

A compiled list is replaced as a whole, so no request sees half of a change.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from quell.blocklists.compiled import CompiledList
from quell.blocklists.store import ListStore
from quell.blocklists.wording import Wording
from quell.database.base import Database
from quell.database.watch import ChangeWatch
from quell.errors import ResourceNotFound


@dataclass(slots=True)
class _Slot:
    loading: threading.Lock = field(default_factory=threading.Lock)
    entry: CompiledList | None = None


class ListIndex:
    """Compiled lists of one kind by name; safe to ask from several threads."""

    def __init__(self, database: Database, store: ListStore, wording: Wording) -> None:
        self._noun = wording.noun
        self._database = database
        self._store = store
        self._lock = threading.Lock()
        self._slots: dict[str, _Slot] = {}
        self._names: tuple[str, ...] | None = None
        self._watch = ChangeWatch(database, store.change_kind)

    @property
    def sequence(self) -> int:
        """The number of the newest change that was seen, 0 before the first request."""
        return self._watch.sequence

    @property
    def ready(self) -> int:
        """How many lists are in memory, ready to be asked."""
        with self._lock:
            return sum(slot.entry is not None for slot in self._slots.values())

    def named(self, names: Sequence[str], target: str) -> list[CompiledList]:
        """Return the named lists, each once.

        An unknown name is refused with its place in the request's list, which is called `target`.
        """
        self._refresh()
        return [self._found(name, f"{target}[{names.index(name)}]") for name in dict.fromkeys(names)]

    def one(self, name: str, target: str) -> CompiledList:
        """Return one list, or refuse a name that the request calls `target`."""
        self._refresh()
        return self._found(name, target)

    def every(self) -> list[CompiledList]:
        """Return all lists, oldest first."""
        self._refresh()
        with self._lock:
            if self._names is None:
                with self._database.reading() as tx:
                    self._names = tuple(self._store.names(tx))
            names = self._names
        return [entry for name in names if (entry := self._find(name)) is not None]

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
            if touched or touched is None:
                self._names = None

    def _found(self, name: str, target: str) -> CompiledList:
        entry = self._find(name)
        if entry is None:
            raise ResourceNotFound(f"The {self._noun} '{name[:100]}' does not exist.", target=target)
        return entry

    def _find(self, name: str) -> CompiledList | None:
        with self._lock:
            slot = self._slots.setdefault(name, _Slot())
        entry = slot.entry
        if entry is None:
            with slot.loading:
                entry = slot.entry
                if entry is None:
                    entry = slot.entry = self._load(name)
        if entry is None:
            with self._lock:
                self._slots.pop(name, None)
        return entry

    def _load(self, name: str) -> CompiledList | None:
        with self._database.reading() as tx:
            listed = self._store.get(tx, name)
            if listed is None:
                return None
            items = self._store.all_items(tx, listed)
        return CompiledList(listed, items)
