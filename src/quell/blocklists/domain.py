"""Blocklists, allow-lists, their items, and what a hit is. Times are microseconds since 1970 in UTC.

Both kinds of list hold the same items: a term, found word for word, or a pattern (a regular expression).
A blocklist says that a text contains something. An allow-list lifts the verdict of its categories around
the places where one of its items stands.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from quell.values import KEEP, Keep

Kind = Literal["block", "allow"]
Span = tuple[int, int]
"""Start and end in code points."""

ITEMS_PER_CALL = 100
ITEM_LENGTH = 128
"""Code points of a term or pattern at most."""
DESCRIPTION_LENGTH = 1_024
"""Code points of a description at most."""
TEXT_LENGTH = 10_000
"""Code points of a text that is checked at most."""
MAX_WINDOW = 10_000
"""How far an allow-list may reach around its items, in code points."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one server keeps of a kind of list; None is no limit.

    `items` counts over all lists. `patterns` and `pattern_size` are per list; a size counts instructions
    of compiled patterns, which bounds the time that a text of 10,000 characters can take.
    """

    lists: int | None = None
    items: int = 10_000
    patterns: int = 1_000
    pattern_size: int = 20_000


@dataclass(frozen=True, slots=True)
class ListChange:
    """What a PATCH asks for: None removes a description, KEEP leaves a field as it is."""

    description: str | Keep | None = KEEP
    categories: tuple[str, ...] | Keep = KEEP
    window: int | Keep = KEEP


@dataclass(frozen=True, slots=True)
class TermList:
    """A named list of items. `id` differs when a deleted list's name is used again.

    `categories` and `window` matter to allow-lists only.
    """

    id: str
    name: str
    description: str | None
    categories: tuple[str, ...]
    window: int
    created: int
    updated: int
    items: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """A term or a pattern."""

    id: str
    text: str
    is_regex: bool = False
    description: str | None = None


@dataclass(frozen=True, slots=True)
class ItemWrite:
    """An item to add or to update: found by `id` if there is one, else by its text."""

    text: str
    id: str | None = None
    is_regex: bool | Keep = KEEP
    description: str | Keep | None = KEEP


@dataclass(frozen=True, slots=True)
class Written:
    """The items of one call in its order, and how many of them are new."""

    items: tuple[Item, ...]
    added: int


class Place(NamedTuple):  # a tuple is made in a third of the time, and a text can have thousands
    """Where an item stands in a text as it was sent, in code points.

    Not `literal` means that it shows only once evasion tricks are undone.
    """

    item: Item
    start: int
    end: int
    literal: bool = True


class BlocklistHit(NamedTuple):
    """An item of a blocklist that a text contains, with its first place in the text as it was sent."""

    blocklist: str
    item_id: str
    item_text: str
    start: int
    end: int


class Allowance(NamedTuple):
    """A place of an allow-list's item, and the stretch of the text around it that the list speaks for."""

    allowlist: str
    place: Place
    reach: Span


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the same stretches, in order, those that touch or overlap as one."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)


def neutralised(text: str, spans: Sequence[Span]) -> str:
    """Return a text of the same length with blanks in place of these stretches."""
    parts: list[str] = []
    place = 0
    for start, end in merged(spans):
        parts += (text[place:start], " " * (end - start))
        place = end
    return "".join((*parts, text[place:]))
