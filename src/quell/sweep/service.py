"""Sweeps that callers start: begin, follow, read, delete. The work itself is a job."""

import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from quell.database.base import Database, Transaction
from quell.errors import InvalidRequestBody, ResourceNotFound
from quell.jobs.store import JobStore
from quell.sweep.domain import Columns, Format, Place, Question
from quell.sweep.planning import format_of
from quell.sweep.snapshot import Version
from quell.sweep.store import SweepStore
from quell.sweep.stored import MOST_SWEEPS, SNAPSHOT_BYTES, Asked, StoredSweep
from quell.values import Stretch

SWEEP = "sweep"
RANK = 10
"""Whatever else waits is done first, between two slices of a sweep."""


class Take(Protocol):
    """Copies what a question asks to a path."""

    def __call__(self, question: Question, path: Path, *, images: bool) -> tuple[Version, ...]:
        """Copy it; raises ResourceNotFound."""


class SweepService:
    """The rules for sweeps; `clock` gives microseconds since 1970."""

    def __init__(
        self,
        database: Database,
        store: SweepStore,
        jobs: JobStore,
        *,
        take: Take,
        open_source: Callable[[str], Place],
        new_id: Callable[[], str],
        clock: Callable[[], int],
    ) -> None:
        self._database = database
        self._store = store
        self._jobs = jobs
        self._take = take
        self._open = open_source
        self._new_id = new_id
        self._clock = clock

    def start(
        self, source: str, question: Question, columns: Columns, format_: Format | None = None
    ) -> StoredSweep:
        """Queue a sweep over a source that callers may name; what it asks is copied now."""
        if question.empty:
            raise InvalidRequestBody("Nothing is asked: name incidents, blocklists, categories or reviewers.")
        images = bool(question.image_incidents) or format_ == "images"
        if images and question.of_texts_alone:
            raise InvalidRequestBody(
                "Incidents of texts, blocklists and reviewers cannot be asked of pictures.",
                target="imageIncidentNames",
            )
        with self._database.reading() as tx:
            self._check_room(tx)
        with closing(self._open(source)) as place:
            # Endings may say that these are pictures; then incidents that stand for categories count, too.
            by_ending = format_ is None and not question.of_texts_alone
            pictures = images or (by_ending and _begins_with_picture(place))
        versions, snapshot = self._copied(question, images=pictures)
        asked = Asked(source, asdict(question), asdict(columns), "images" if images else format_)
        now, sweep_id = self._clock(), self._new_id()
        with self._database.transaction() as tx:
            self._check_room(tx)
            sweep = self._store.add(tx, sweep_id, asked, versions, snapshot, now=now)
            self._jobs.add(tx, SWEEP, sweep_id, now, rank=RANK)
        return sweep

    def get(self, sweep_id: str) -> StoredSweep:
        """Return a sweep and how far it is."""
        with self._database.reading() as tx:
            return self._find(tx, sweep_id)

    def list(self, skip: int, limit: int) -> Stretch[StoredSweep]:
        """Return a stretch of the sweeps, the newest first."""
        with self._database.reading() as tx:
            found = self._store.list(tx, skip, limit + 1)
        return Stretch(tuple(found[:limit]), len(found) > limit)

    def hits(self, sweep_id: str, skip: int, limit: int) -> Stretch[Mapping[str, Any]]:
        """Return a stretch of the hits so far, in the order of the rows."""
        with self._database.reading() as tx:
            self._find(tx, sweep_id)
            found = self._store.hits(tx, sweep_id, skip, limit + 1)
        return Stretch(tuple(found[:limit]), len(found) > limit)

    def delete(self, sweep_id: str) -> None:
        """Delete a sweep with its hits; one at work stops. Absent is fine, too."""
        with self._database.transaction() as tx:
            self._jobs.delete(tx, SWEEP, sweep_id)
            self._store.delete(tx, sweep_id)

    def _copied(self, question: Question, *, images: bool) -> tuple[tuple[Version, ...], bytes]:
        with tempfile.TemporaryDirectory(prefix="quell-sweep-") as folder:
            path = Path(folder) / "snapshot.db"
            versions = self._take(question, path, images=images)
            if path.stat().st_size > SNAPSHOT_BYTES:
                raise InvalidRequestBody(
                    "What is asked is too large for a server's sweep; ask less at once, or use quell sweep."
                )
            return versions, path.read_bytes()

    def _check_room(self, tx: Transaction) -> None:
        if self._store.count(tx) >= MOST_SWEEPS:
            raise InvalidRequestBody(f"At most {MOST_SWEEPS} sweeps are kept; delete old ones first.")

    def _find(self, tx: Transaction, sweep_id: str) -> StoredSweep:
        found = self._store.get(tx, sweep_id)
        if found is None:
            raise ResourceNotFound(f"The sweep '{sweep_id[:64]}' does not exist.", target="sweepId")
        return found


def _begins_with_picture(place: Place) -> bool:
    """Whether the first file of a known ending is a picture; a source is of one format."""
    known = (found for file in place.files() if (found := format_of(file.name)) is not None)
    return next(known, None) == "images"
