"""Export and import: the items of a list as one file, all of it or nothing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from quell.blocklists.domain import Item, ItemWrite, Limits, TermList
from quell.blocklists.items import check_limits, checked_size, write_items
from quell.blocklists.service import check_list_count, find
from quell.blocklists.store import ListStore
from quell.blocklists.wording import Wording
from quell.database.base import Database, Transaction
from quell.errors import InvalidRequestBody


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import has done; `updated` counts the items that were there, changed or not."""

    name: str
    created: bool
    added: int
    updated: int
    items: int


class Transfer:
    """Takes the items of lists out and brings them in, each in one transaction."""

    def __init__(
        self,
        database: Database,
        store: ListStore,
        wording: Wording,
        limits: Limits,
        clock: Callable[[], int],
    ) -> None:
        self._database = database
        self._store = store
        self._wording = wording
        self._limits = limits
        self._clock = clock

    def export(self, name: str) -> Sequence[Item]:
        """Return the items of a list, oldest first."""
        with self._database.reading() as tx:
            return self._store.all_items(tx, find(tx, self._store, name, self._wording))

    def bring_in(self, name: str, rows: Iterable[ItemWrite], *, replace: bool) -> Imported:
        """Add the rows of a file to a list, or put them in place of its items.

        A blocklist that does not exist is made; an allow-list must exist, for a file names no categories.
        """
        writes, sizes = self._read(rows)
        if replace and not writes:
            raise InvalidRequestBody(
                "The file holds no items, which would empty the list; delete the list for that.",
                target=self._wording.items,
            )
        now = self._clock()
        with self._database.transaction() as tx:
            listed = self._store.get(tx, name)
            created = listed is None
            if listed is None:
                listed = self._create(tx, name, now)
            if replace:
                self._store.clear(tx, listed)
            written = write_items(tx, self._store, listed, writes, sizes, wording=self._wording, now=now)
            check_limits(tx, self._store, listed, self._limits, self._wording)
            items = find(tx, self._store, name, self._wording).items
        known = len({item.id for item in written.items}) - written.added
        return Imported(name, created, written.added, known, items)

    def _read(self, rows: Iterable[ItemWrite]) -> tuple[list[ItemWrite], list[int]]:
        writes: list[ItemWrite] = []
        sizes: list[int] = []
        for row in rows:
            if len(writes) >= self._limits.items:
                raise InvalidRequestBody(
                    f"The file holds more than {self._limits.items:,} items, "
                    f"the limit for all {self._wording.noun}s together.",
                    target=self._wording.items,
                )
            sizes.append(checked_size(row, self._wording.item(len(writes))))
            writes.append(row)
        return writes, sizes

    def _create(self, tx: Transaction, name: str, now: int) -> TermList:
        if self._store.kind == "allow":
            return find(tx, self._store, name, self._wording)
        check_list_count(tx, self._store, self._limits, self._wording)
        return self._store.add(tx, name, now)
