"""Lists and their items: create, change, list, delete."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from quell.blocklists.domain import Item, ItemWrite, Limits, ListChange, TermList
from quell.blocklists.items import check_limits, checked_size, write_items
from quell.blocklists.store import ListStore
from quell.blocklists.wording import Wording
from quell.database.base import Database, Transaction
from quell.errors import InvalidRequestBody, ResourceNotFound
from quell.values import Keep, Stretch

T = TypeVar("T")


class ListService:
    """The rules for the lists of one kind; `clock` gives microseconds since 1970."""

    def __init__(
        self,
        database: Database,
        store: ListStore,
        wording: Wording,
        limits: Limits,
        clock: Callable[[], int],
    ) -> None:
        self.wording = wording
        self._database = database
        self._store = store
        self._limits = limits
        self._clock = clock

    def get(self, name: str) -> TermList:
        """Return one list."""
        with self._database.reading() as tx:
            return find(tx, self._store, name, self.wording)

    def list(self, skip: int, limit: int) -> Stretch[TermList]:
        """Return a stretch of the lists, newest first."""
        with self._database.reading() as tx:
            return _stretch(self._store.list(tx, skip, limit + 1), limit)

    def put(self, name: str, change: ListChange) -> tuple[TermList, bool]:
        """Create a list or change it; return it and whether it is new."""
        now = self._clock()
        with self._database.transaction() as tx:
            listed = self._store.get(tx, name)
            if listed is None:
                return self._create(tx, name, change, now), True
            changed = replace(
                listed,
                description=_or(change.description, listed.description),
                categories=_or(change.categories, listed.categories),
                window=_or(change.window, listed.window),
                updated=now,
            )
            self._store.update(tx, changed)
            return changed, False

    def delete(self, name: str) -> None:
        """Delete a list with its items; absent is fine, too."""
        with self._database.transaction() as tx:
            listed = self._store.get(tx, name)
            if listed is not None:
                self._store.delete(tx, listed)

    def write(self, name: str, writes: Sequence[ItemWrite], wording: Wording | None = None) -> Sequence[Item]:
        """Add or update items, all or none, and return them in the order of the call.

        `wording` says how an older api-version calls the members of the request.
        """
        words = wording or self.wording
        sizes = [checked_size(write, words.item(number)) for number, write in enumerate(writes)]
        with self._database.transaction() as tx:
            listed = find(tx, self._store, name, words)
            written = write_items(tx, self._store, listed, writes, sizes, wording=words, now=self._clock())
            check_limits(tx, self._store, listed, self._limits, words)
            return written.items

    def remove(self, name: str, ids: Sequence[str], wording: Wording | None = None) -> None:
        """Remove items, all or none."""
        words = wording or self.wording
        with self._database.transaction() as tx:
            listed = find(tx, self._store, name, words)
            unknown = self._store.remove_items(tx, listed, dict.fromkeys(ids), self._clock())
            if unknown is not None:
                raise ResourceNotFound(
                    f"The {words.noun} '{name}' has no such item; nothing was removed.",
                    target=f"{words.ids}[{ids.index(unknown)}]",
                )

    def list_items(self, name: str, skip: int, limit: int) -> Stretch[Item]:
        """Return a stretch of a list's items, newest first."""
        with self._database.reading() as tx:
            listed = find(tx, self._store, name, self.wording)
            return _stretch(self._store.list_items(tx, listed, skip, limit + 1), limit)

    def get_item(self, name: str, item_id: str, wording: Wording | None = None) -> Item:
        """Return one item of a list."""
        words = wording or self.wording
        with self._database.reading() as tx:
            item = self._store.get_item(tx, find(tx, self._store, name, words), item_id)
        if item is None:
            raise ResourceNotFound(f"The {words.noun} '{name}' has no such item.", target=words.item_id)
        return item

    def _create(self, tx: Transaction, name: str, change: ListChange, now: int) -> TermList:
        check_list_count(tx, self._store, self._limits, self.wording)
        categories = _or(change.categories, ())
        if self._store.kind == "allow" and not categories:
            raise InvalidRequestBody(
                "The field 'categories' is required to create an allow-list: "
                "it names the categories whose verdict is lifted.",
                target="categories",
            )
        return self._store.add(
            tx,
            name,
            now,
            description=_or(change.description, None),
            categories=categories,
            window=_or(change.window, 0),
        )


def find(tx: Transaction, store: ListStore, name: str, wording: Wording) -> TermList:
    """Return a list that the URL names, or refuse."""
    listed = store.get(tx, name)
    if listed is None:
        raise ResourceNotFound(f"The {wording.noun} '{name}' does not exist.", target=wording.name)
    return listed


def check_list_count(tx: Transaction, store: ListStore, limits: Limits, wording: Wording) -> None:
    """Refuse one more list where there are as many as there may be."""
    if limits.lists is not None and store.count(tx) >= limits.lists:
        raise InvalidRequestBody(
            f"The limit of {limits.lists} {wording.noun}s is reached; delete one first.", target=wording.name
        )


def _or(value: T | Keep, kept: T) -> T:
    return kept if isinstance(value, Keep) else value


def _stretch(found: Sequence[T], limit: int) -> Stretch[T]:
    return Stretch(tuple(found[:limit]), more=len(found) > limit)
