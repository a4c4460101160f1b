"""What an index holds in memory: the incidents that were asked about last, as many as the bound allows."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

MEGABYTE = 1_000_000


class Sized(Protocol):
    """What knows the memory that it takes."""

    @property
    def nbytes(self) -> int:
        """Bytes of memory, objects and arrays."""


F = TypeVar("F", bound=Sized)


@dataclass(slots=True, eq=False)
class Slot(Generic[F]):
    """The place of one incident; who loads it holds `loading`, and the others wait for that."""

    loading: threading.Lock = field(default_factory=threading.Lock)
    entry: F | None = None
    size: int = 0


class Held(Generic[F]):
    """Incidents by name, the one that was asked about last at the end; safe to use from several threads.

    `bound` is in bytes, 0 for none. The newest one is held also where it alone is larger. A slot that was
    let go or overtaken by a change stays usable to the threads that have it, and is found by no others.
    """

    def __init__(self, bound: int) -> None:
        self.bound = bound
        self.loads = 0
        self.evictions = 0
        self._lock = threading.Lock()
        self._slots: OrderedDict[str, Slot[F]] = OrderedDict()
        self._bytes = 0

    @property
    def bytes(self) -> int:
        """The memory that the incidents here take."""
        return self._bytes

    @property
    def count(self) -> int:
        """How many incidents are here, ready to be asked."""
        with self._lock:
            return sum(slot.entry is not None for slot in self._slots.values())

    def absent(self, names: Iterable[str]) -> Sequence[str]:
        """Return those of the names that would have to be loaded."""
        with self._lock:
            slots = [(name, self._slots.get(name)) for name in names]
            return [name for name, slot in slots if slot is None or slot.entry is None]

    def slot(self, name: str) -> Slot[F]:
        """Return the slot of an incident that is asked about, an empty one where there is none."""
        with self._lock:
            slot = self._slots.setdefault(name, Slot())
            self._slots.move_to_end(name)
            return slot

    def keep(self, name: str, slot: Slot[F], entry: F) -> None:
        """Put what was loaded into its slot, and let those go that were asked about least recently."""
        size = entry.nbytes
        with self._lock:
            slot.entry = entry
            self.loads += 1
            if self._slots.get(name) is not slot:
                return
            self._bytes += size - slot.size
            slot.size = size
            self._slots.move_to_end(name)
            self._make_room(slot)

    def drop(self, name: str, slot: Slot[F]) -> None:
        """Forget a slot that nothing could be loaded into."""
        with self._lock:
            if self._slots.get(name) is slot:
                self._pop(name)

    def forget(self, changed: Callable[[], Iterable[str] | None]) -> None:
        """Forget what `changed` names, asked while nobody can take a slot; all where it gives None."""
        with self._lock:
            names = changed()
            for name in tuple(self._slots) if names is None else names:
                # A thread that is loading it keeps the old slot to itself: its request began before.
                self._pop(name)

    def _make_room(self, newest: Slot[F]) -> None:
        if not self.bound:
            return
        for name in [name for name, slot in self._slots.items() if slot.size and slot is not newest]:
            if self._bytes <= self.bound:
                return
            self._pop(name)
            self.evictions += 1

    def _pop(self, name: str) -> None:
        slot = self._slots.pop(name, None)
        if slot is not None:
            self._bytes -= slot.size
