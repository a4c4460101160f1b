"""The audit log: what is added beside the changes themselves, and what is read."""

from collections.abc import Callable, Iterator, Sequence

import structlog

from quell.audit.acting import acting
from quell.audit.domain import FOREVER, Act, Entry, Span
from quell.audit.store import AuditStore
from quell.database.base import Database
from quell.errors import QuellError

CHUNK = 1_000
"""Entries that an export reads at once."""


class AuditLog:
    """Works on the log of a database, through which the changes are written, too (`AuditedDatabase`)."""

    def __init__(self, database: Database, clock: Callable[[], int]) -> None:
        self._database = database
        self._store = AuditStore()
        self._clock = clock
        self._log = structlog.get_logger("quell.audit")

    def correct(self, act: Act, status: int) -> None:
        """Note that a change ended in another way than was expected when its entry was written."""
        if act.seq is None:
            return
        try:
            with self._database.transaction() as tx:
                self._store.correct(tx, act.seq, status)
        except QuellError as error:  # the change is made and answered; its entry stands as it was expected
            self._log.warning("an entry of the audit log could not be corrected", error=error.code)

    def refused(self, act: Act) -> None:
        """Write that a change was refused; the answer does not wait for a database that is away."""
        try:
            with acting(act), self._database.transaction():
                pass
        except QuellError as error:
            self._log.warning("a refusal could not be written to the audit log", error=error.code)

    def page(self, span: Span, before: int | None, limit: int) -> tuple[Sequence[Entry], bool]:
        """Return entries, the newest first, and whether there are more."""
        with self._database.reading() as tx:
            found = self._store.newest(tx, span, FOREVER if before is None else before, limit + 1)
        return found[:limit], len(found) > limit

    def export(self, span: Span) -> Iterator[Entry]:
        """Yield all entries of a span, the oldest first, in bounded memory."""
        after = 0
        while True:
            with self._database.reading() as tx:
                found = self._store.oldest(tx, span, after, CHUNK)
            yield from found
            if len(found) < CHUNK:
                return
            after = found[-1].seq
