"""Entries of the audit log, and what may stand in them."""

import re
from dataclasses import dataclass
from urllib.parse import quote

MOST_ENTRIES = 1_000_000
"""Entries that are kept, whatever their age."""

MOST_REFUSALS = 10_000
"""Refused changes that are kept; a key without the role cannot push out what others did."""

DAY = 86_400_000_000
"""A day in microseconds."""

FOREVER = 2**62
"""A moment, in microseconds since 1970, after everything; and a number above every number."""

_ACTOR = 160
_RESOURCE = 400


@dataclass(frozen=True, slots=True)
class Entry:
    """Who asked for what: `at` in microseconds since 1970 (UTC), `status` as HTTP has it."""

    seq: int
    at: int
    actor: str
    operation: str
    resource: str
    status: int
    request_id: str


@dataclass(slots=True)
class Act:
    """A change that someone asked for; `seq` is set once it stands in the log."""

    actor: str
    operation: str
    resource: str
    request_id: str
    status: int = 200
    """How it ends unless something goes wrong."""
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """From `since` on, before `until`, in microseconds since 1970; of one actor, or of all ("")."""

    since: int = 0
    until: int = FOREVER
    actor: str = ""


def plain_actor(name: str) -> str:
    """Return a name that can break no line, no table and no spreadsheet; at most 160 characters."""
    return re.sub(r"[^A-Za-z0-9_.:@|/+~-]", "?", name)[:_ACTOR]


def plain_resource(path: str) -> str:
    """Return a path that can do so neither, percent-encoded; at most 400 characters."""
    return quote(path, safe="/-._~")[:_RESOURCE]
