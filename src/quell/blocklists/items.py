"""Items on their way into a list: found again or made, checked, counted, all or none."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from quell.blocklists.domain import Item, ItemWrite, Limits, TermList, Written
from quell.blocklists.pattern import PatternError, pattern_size
from quell.blocklists.store import ListStore
from quell.blocklists.wording import Wording
from quell.database.base import Transaction
from quell.errors import InvalidRequestBody, ResourceNotFound
from quell.values import Keep

T = TypeVar("T")

_SURROGATE = re.compile("[\ud800-\udfff]")


def checked_size(write: ItemWrite, place: str) -> int:
    """Return the size of an item's pattern, 0 for a term; refuse a text that cannot be looked for."""
    if not write.text.strip():
        raise InvalidRequestBody(f"The field '{place}' must not be blank.", target=place)
    if not write.text.isascii() and _SURROGATE.search(write.text):
        raise InvalidRequestBody(f"The field '{place}' holds half of a surrogate pair.", target=place)
    if write.is_regex is not True:
        return 0
    return _measured(write.text, place)


def write_items(
    tx: Transaction,
    store: ListStore,
    listed: TermList,
    writes: Sequence[ItemWrite],
    sizes: Sequence[int],
    *,
    wording: Wording,
    now: int,
) -> Written:
    """Add or update items whose sizes were measured; limits are checked by `check_limits`, afterwards."""
    position = store.next_position(tx, listed)
    items: list[Item] = []
    added = 0
    for number, (write, measured) in enumerate(zip(writes, sizes, strict=True)):
        known = _known(tx, store, listed, write, wording.item(number, "{}"))
        if known is None:
            is_regex = write.is_regex is True
            item = store.new_item(write.text, is_regex=is_regex, description=_or(write.description, None))
            store.add_item(tx, listed, item, position=position + added, pattern_size=measured, now=now)
            added += 1
        else:
            item = replace(
                known,
                text=write.text,
                is_regex=_or(write.is_regex, known.is_regex),
                description=_or(write.description, known.description),
            )
            if item != known:
                # A pattern that is updated by a client who does not say so was not measured yet.
                size = measured or (_measured(item.text, wording.item(number)) if item.is_regex else 0)
                store.update_item(tx, item, size)
        items.append(item)
    store.touch(tx, listed, now)
    return Written(tuple(items), added)


def check_limits(
    tx: Transaction, store: ListStore, listed: TermList, limits: Limits, wording: Wording
) -> None:
    """Refuse what was written in this transaction when it passes a limit."""
    total = store.count_items(tx)
    if total > limits.items:
        raise InvalidRequestBody(
            f"The limit of {limits.items:,} items in all {wording.noun}s together would be passed; "
            f"there would be {total:,}.",
            target=wording.items,
        )
    patterns, size = store.weigh_patterns(tx, listed)
    if patterns > limits.patterns:
        raise InvalidRequestBody(
            f"The limit of {limits.patterns:,} patterns in one {wording.noun} would be passed.",
            target=wording.items,
        )
    if size > limits.pattern_size:
        raise InvalidRequestBody(
            f"The patterns of the {wording.noun} '{listed.name}' would be too complex together: "
            f"{size:,} instructions of {limits.pattern_size:,}.",
            target=wording.items,
        )


def _known(tx: Transaction, store: ListStore, listed: TermList, write: ItemWrite, place: str) -> Item | None:
    """Return the item that a write means; `place` is its path with {} for a member."""
    same_text = store.find_item(tx, listed, write.text)
    if write.id is None:
        return same_text
    known = store.get_item(tx, listed, write.id)
    if known is None:
        raise ResourceNotFound(
            "The list has no item with this id; nothing was changed.",
            target=place.format(f"{store.kind}listItemId"),
        )
    if same_text is not None and same_text.id != known.id:
        target = place.format("text")
        raise InvalidRequestBody(
            f"The field '{target}' must not be the text of another item of the list.", target=target
        )
    return known


def _measured(text: str, place: str) -> int:
    try:
        return pattern_size(text)
    except PatternError as refused:
        raise InvalidRequestBody(f"The field '{place}' {refused}", target=place) from None


def _or(value: T | Keep, kept: T) -> T:
    return kept if isinstance(value, Keep) else value
