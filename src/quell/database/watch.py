"""Keeps what a process remembers as fresh as the database: which things were touched since the last look."""

from quell.database import changes
from quell.database.base import Database


class ChangeWatch:
    """What was touched of one kind; asked under its owner's lock, except for `quiet`."""

    def __init__(self, database: Database, kind: str) -> None:
        self._database = database
        self._kind = kind
        self._marker: int | None = None
        self._seq = 0

    @property
    def sequence(self) -> int:
        """The number of the newest change that was seen, 0 before the first look."""
        return self._seq

    def quiet(self) -> bool:
        """Whether nothing at all was committed since the last look; cheap enough for every request."""
        return self._database.marker() == self._marker

    def touched(self) -> frozenset[str] | None:
        """Return the keys that were touched since the last look, None where all may have been."""
        # The marker is read before the changes: what is committed in between is read twice, never missed.
        marker = self._database.marker()
        with self._database.reading() as tx:
            news = changes.since(tx, self._seq)
        self._seq, self._marker = news.latest, marker
        if not news.complete:
            return None
        return frozenset(change.key for change in news.items if change.kind == self._kind)
