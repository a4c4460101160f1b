"""What was counted since the last flush, in memory; bounded, whatever clients send."""

import threading
from collections.abc import Callable

from quell.monitor.domain import HOUR, MATCH, OPEN_KINDS, RECENT, REST, SLOT, Counts, Key, bound

WAITING_HOURS = 24
"""Hours that counts wait in memory for a database that cannot be written to; older ones are lost."""


class Tally:
    """Counts from many threads; `clock` gives microseconds since 1970."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: dict[Key, int] = {}
        self._hour = 0
        self._names: dict[str, set[str]] = {}

    def request(self, operation: str, status: int, milliseconds: float) -> None:
        """Count a request; `status` is 0 where no answer began."""
        self._add("request", f"{operation}/{status // 100}xx" if status else f"{operation}/none")
        self._add("latency", f"{operation}/{bound(milliseconds)}")

    def severity(self, medium: str, category: str, level: int) -> None:
        """Count a severity, 0 to 7."""
        self._add("severity", f"{medium}/{category}/{level}")

    def incident(self, medium: str, name: str) -> None:
        """Count a hit of an incident, in its hour and in its five minutes."""
        self._add("incident", f"{medium}/{name}")

    def term(self, blocklist: str, item_id: str) -> None:
        """Count a hit of an item of a blocklist."""
        self._add("term", f"{blocklist}/{item_id}")

    def verdict(self, medium: str, worst: int, *, matched: bool) -> None:
        """Count a verdict by its worst severity, 0 to 7, or as one that a list or an incident decided."""
        self._add("verdict", f"{medium}/{MATCH if matched else worst}")

    def review(self, reviewer: str, label: str) -> None:
        """Count a label that an auto reviewer gave."""
        self._add("review", f"{reviewer}/{label}")

    def counts(self) -> Counts:
        """Return what was counted since the last `take`."""
        with self._lock:
            return dict(self._counts)

    def take(self) -> Counts:
        """Return what was counted and begin anew."""
        with self._lock:
            taken, self._counts = self._counts, {}
        return taken

    def put_back(self, counts: Counts) -> None:
        """Count again what was taken and could not be stored."""
        oldest = self._clock() // HOUR - WAITING_HOURS
        with self._lock:
            for key, count in counts.items():
                if key.hour > oldest:
                    self._counts[key] = self._counts.get(key, 0) + count

    def _add(self, kind: str, name: str) -> None:
        now = self._clock()
        hour = now // HOUR
        with self._lock:
            if hour != self._hour:
                self._hour, self._names = hour, {}
            if kind in OPEN_KINDS:
                name = self._known(kind, name)
            keys = [Key(hour, kind, name)]
            if kind == "incident":
                keys.append(Key(hour, RECENT, f"{name}/{now % HOUR // SLOT}"))
            for key in keys:
                self._counts[key] = self._counts.get(key, 0) + 1

    def _known(self, kind: str, name: str) -> str:
        names = self._names.setdefault(kind, set())
        if name not in names and len(names) >= OPEN_KINDS[kind]:
            return REST
        names.add(name)
        return name
