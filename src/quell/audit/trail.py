"""The database as the services get it: a change and its entry in the log are one transaction."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from quell.audit.acting import present_act
from quell.audit.domain import DAY
from quell.audit.store import AuditStore
from quell.database.base import Database, Transaction

_PRUNE_EVERY = DAY // 24


class AuditedDatabase:
    """Writes the entry of a change into the first transaction that is committed on its behalf.

    The entry is there if the change is: both are on disk, or neither. A transaction that belongs to no
    change (counts, jobs, caches) is the driver's own. `days` is how long entries are kept, 0 for ever.
    """

    def __init__(self, database: Database, clock: Callable[[], int], days: int = 0) -> None:
        self._database = database
        self._store = AuditStore()
        self._clock = clock
        self._days = days
        self._pruned = 0

    @property
    def dialect(self) -> str:
        """The name of the engine."""
        return self._database.dialect

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Open a writing transaction, which ends with the entry where a change is being made."""
        act = present_act()
        with self._database.transaction() as tx:
            yield tx
            seq = None
            if act is not None and act.seq is None:
                now = self._clock()
                seq = self._store.add(tx, act, now)
                if now - self._pruned >= _PRUNE_EVERY:
                    self._store.prune(tx, now - self._days * DAY if self._days else 0)
                    self._pruned = now
        # Only now it stands there: a commit that fails leaves the next transaction to write it.
        if act is not None and seq is not None:
            act.seq = seq

    def sharing(self) -> AbstractContextManager[Transaction]:
        """Open the driver's own: single rows that no change of a user is made of."""
        return self._database.sharing()

    def reading(self) -> AbstractContextManager[Transaction]:
        """Open a reading transaction."""
        return self._database.reading()

    def marker(self) -> int:
        """Return the driver's marker."""
        return self._database.marker()

    def ping(self) -> None:
        """Raise when the database cannot answer."""
        self._database.ping()

    def close(self) -> None:
        """Give back every connection."""
        self._database.close()
