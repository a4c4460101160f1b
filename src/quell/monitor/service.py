"""Keeps the counts: every few seconds what is in memory goes to the database, in one transaction."""

import threading
from collections.abc import Callable

import structlog

from quell.database.base import Database
from quell.errors import QuellError
from quell.monitor.domain import HOUR, KEPT_HOURS, RECENT, IncidentHits, Report, figures, incident_hits
from quell.monitor.store import CountStore
from quell.monitor.tally import Tally
from quell.witness import NOBODY, Witness

FLUSH_SECONDS = 10.0
"""What a killed server loses of its counts, at most."""


class Monitor:
    """Flushes the tally and answers what was counted; `clock` gives microseconds since 1970."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], int],
        *,
        enabled: bool = True,
        seconds: float = FLUSH_SECONDS,
    ) -> None:
        self.enabled = enabled
        self.tally = Tally(clock)
        self._database = database
        self._store = CountStore()
        self._clock = clock
        self._seconds = seconds
        self._flushing = threading.Lock()
        self._pruned = 0
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._log = structlog.get_logger("quell.monitor")

    @property
    def witness(self) -> Witness:
        """Who is to be told of findings: nobody, where the monitor is off."""
        return self.tally if self.enabled else NOBODY

    def start(self) -> None:
        """Begin to flush; without it the counts of this process are never stored."""
        if self.enabled and self._thread is None:
            self._thread = threading.Thread(target=self._run, name="quell-monitor", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Store what is left, if flushing was begun."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
            self._try()

    def flush(self) -> None:
        """Store what was counted and, once an hour, forget what is old; nothing is written for nothing."""
        hour = self._clock() // HOUR
        with self._flushing:
            taken = self.tally.take()
            if not taken:
                return
            try:
                with self._database.sharing() as tx:
                    self._store.add(tx, taken)
                    if hour != self._pruned:
                        self._store.prune(tx, hour - KEPT_HOURS + 1, hour - 1)
            except BaseException:  # whatever stopped the write, what was counted is kept for the next try
                self.tally.put_back(taken)
                raise
            self._pruned = hour

    def report(self, hours: int) -> Report:
        """Return the figures of the last 1 to `KEPT_HOURS` hours, what is not stored yet included."""
        now = self._clock() // HOUR
        first = now - hours + 1
        with self._flushing:
            with self._database.reading() as tx:
                counts = self._store.since(tx, first)
            for key, count in self.tally.counts().items():
                if key.hour >= first and key.kind != RECENT:
                    counts[key] = counts.get(key, 0) + count
        by_hour: dict[int, list[tuple[str, str, int]]] = {}
        for key, count in sorted(counts.items()):
            by_hour.setdefault(key.hour, []).append((key.kind, key.name, count))
        return Report(
            enabled=self.enabled,
            since=first * HOUR,
            hours={hour * HOUR: figures(counted) for hour, counted in by_hour.items()},
            total=figures(one for counted in by_hour.values() for one in counted),
        )

    def incidents(self, hours: int) -> list[IncidentHits]:
        """Return the hits of every incident of the last hours, what is not stored yet included."""
        now = self._clock()
        first, recent = now // HOUR - hours + 1, now // HOUR - 1
        with self._flushing:
            with self._database.reading() as tx:
                counts = self._store.incidents(tx, first, recent)
            for key, count in self.tally.counts().items():
                if (key.kind == "incident" and key.hour >= first) or (
                    key.kind == RECENT and key.hour >= recent
                ):
                    counts[key] = counts.get(key, 0) + count
        return incident_hits(counts, now)

    def _run(self) -> None:
        while not self._stopped.wait(self._seconds):
            self._try()

    def _try(self) -> None:
        try:
            self.flush()
        except QuellError as error:
            # Kept in memory; the next try stores them.
            self._log.warning("the counts of the monitor could not be stored", error=error.code)
