"""Lists and their items as rows; every change is announced in the change table."""

from collections.abc import Callable, Iterable, Sequence

from quell.blocklists.domain import Item, Kind, TermList
from quell.database import changes
from quell.database.base import Row, Transaction
from quell.database.queries import load

_QUERIES = load("quell.blocklists")


class ListStore:
    """The lists of one kind, read and written inside the caller's transaction."""

    def __init__(self, kind: Kind, new_id: Callable[[], str]) -> None:
        self.kind = kind
        self.change_kind = f"text/{kind}lists"
        self._new_id = new_id

    def get(self, tx: Transaction, name: str) -> TermList | None:
        """Return one list, or None."""
        row = tx.fetch_one(_QUERIES["get-list"], {"kind": self.kind, "name": name})
        return _list(row) if row else None

    def list(self, tx: Transaction, skip: int, limit: int) -> Sequence[TermList]:
        """Return a stretch of the lists, newest first."""
        params = {"kind": self.kind, "skip": skip, "limit": limit}
        return [_list(row) for row in tx.fetch_all(_QUERIES["list-lists"], params)]

    def names(self, tx: Transaction) -> Sequence[str]:
        """Return the names of all lists, oldest first."""
        return [row["name"] for row in tx.fetch_all(_QUERIES["list-names"], {"kind": self.kind})]

    def count(self, tx: Transaction) -> int:
        """Return how many lists there are."""
        return int(_one(tx, "count-lists", {"kind": self.kind})["lists"])

    def add(
        self,
        tx: Transaction,
        name: str,
        now: int,
        *,
        description: str | None = None,
        categories: tuple[str, ...] = (),
        window: int = 0,
    ) -> TermList:
        """Store a new list without items."""
        position = _one(tx, "count-lists", {"kind": self.kind})["position"]
        made = TermList(self._new_id(), name, description, categories, window, now, now)
        fields = {**_fields(made), "kind": self.kind, "name": name, "position": position, "created": now}
        tx.execute(_QUERIES["add-list"], fields)
        self._announce(tx, name)
        return made

    def update(self, tx: Transaction, changed: TermList) -> None:
        """Store the changed fields of a list."""
        tx.execute(_QUERIES["update-list"], _fields(changed))
        self._announce(tx, changed.name)

    def delete(self, tx: Transaction, listed: TermList) -> None:
        """Delete a list and its items."""
        tx.execute(_QUERIES["delete-list"], {"id": listed.id})
        self._announce(tx, listed.name)

    def get_item(self, tx: Transaction, listed: TermList, item_id: str) -> Item | None:
        """Return one item by its id, or None."""
        row = tx.fetch_one(_QUERIES["get-item"], {"list_id": listed.id, "id": item_id})
        return _item(row) if row else None

    def find_item(self, tx: Transaction, listed: TermList, text: str) -> Item | None:
        """Return one item by its text, or None."""
        row = tx.fetch_one(_QUERIES["find-item"], {"list_id": listed.id, "text": text})
        return _item(row) if row else None

    def list_items(self, tx: Transaction, listed: TermList, skip: int, limit: int) -> Sequence[Item]:
        """Return a stretch of the items, newest first."""
        params = {"list_id": listed.id, "skip": skip, "limit": limit}
        return [_item(row) for row in tx.fetch_all(_QUERIES["list-items"], params)]

    def all_items(self, tx: Transaction, listed: TermList) -> Sequence[Item]:
        """Return all items, oldest first."""
        return [_item(row) for row in tx.fetch_all(_QUERIES["all-items"], {"list_id": listed.id})]

    def new_item(self, text: str, *, is_regex: bool, description: str | None) -> Item:
        """Return an item with a fresh id, not stored yet."""
        return Item(self._new_id(), text, is_regex, description)

    def next_position(self, tx: Transaction, listed: TermList) -> int:
        """Return the position of the next item of a list."""
        return int(_one(tx, "next-item", {"list_id": listed.id})["position"])

    def add_item(
        self, tx: Transaction, listed: TermList, item: Item, *, position: int, pattern_size: int, now: int
    ) -> None:
        """Store a new item; `touch` is called once when all are stored."""
        fields = _item_fields(item, pattern_size)
        tx.execute(_QUERIES["add-item"], {**fields, "list_id": listed.id, "position": position, "added": now})

    def update_item(self, tx: Transaction, item: Item, pattern_size: int) -> None:
        """Store the changed fields of an item; `touch` is called once when all are stored."""
        tx.execute(_QUERIES["update-item"], _item_fields(item, pattern_size))

    def remove_items(self, tx: Transaction, listed: TermList, ids: Iterable[str], now: int) -> str | None:
        """Remove items; return the first id that the list does not have, or None."""
        for item_id in ids:
            if tx.execute(_QUERIES["remove-item"], {"list_id": listed.id, "id": item_id}) == 0:
                return item_id
        self.touch(tx, listed, now)
        return None

    def clear(self, tx: Transaction, listed: TermList) -> None:
        """Remove all items of a list; `touch` is called once when others are stored."""
        tx.execute(_QUERIES["clear-items"], {"list_id": listed.id})

    def count_items(self, tx: Transaction) -> int:
        """Return how many items all lists of this kind have together."""
        return int(_one(tx, "count-items", {"kind": self.kind})["items"])

    def weigh_patterns(self, tx: Transaction, listed: TermList) -> tuple[int, int]:
        """Return how many patterns a list has, and their size in instructions."""
        row = _one(tx, "weigh-patterns", {"list_id": listed.id})
        return int(row["patterns"]), int(row["size"])

    def touch(self, tx: Transaction, listed: TermList, now: int) -> None:
        """Note and announce that the items of a list have changed."""
        tx.execute(_QUERIES["touch-list"], {"id": listed.id, "updated": now})
        self._announce(tx, listed.name)

    def _announce(self, tx: Transaction, name: str) -> None:
        changes.record(tx, self.change_kind, name)


def _one(tx: Transaction, query: str, params: dict[str, object]) -> Row:
    row = tx.fetch_one(_QUERIES[query], params)
    if row is None:
        raise LookupError(f"the query {query} always has a row")
    return row


def _list(row: Row) -> TermList:
    return TermList(
        row["id"],
        row["name"],
        row["description"],
        tuple(row["categories"].split(",")) if row["categories"] else (),
        int(row["reach"]),
        int(row["created"]),
        int(row["updated"]),
        int(row["items"]),
    )


def _fields(listed: TermList) -> dict[str, object]:
    return {
        "id": listed.id,
        "description": listed.description,
        "categories": ",".join(listed.categories),
        "reach": listed.window,
        "updated": listed.updated,
    }


def _item(row: Row) -> Item:
    return Item(row["id"], row["text"], bool(row["is_regex"]), row["description"])


def _item_fields(item: Item, pattern_size: int) -> dict[str, object]:
    return {
        "id": item.id,
        "text": item.text,
        "is_regex": int(item.is_regex),
        "pattern_size": pattern_size,
        "description": item.description,
    }
