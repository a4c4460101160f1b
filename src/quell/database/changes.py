"""The change table: what was touched, in order, written in the same transaction as the touch itself.

A process remembers the last sequence number that it has seen. At its next request it reads the rows
after it and forgets what they name. Old rows are pruned; who has slept too long starts afresh.
"""

from dataclasses import dataclass

from quell.database.base import Transaction
from quell.database.queries import load

KEEP = 10_000
"""How many of the newest changes are kept."""

_QUERIES = load("quell.database", "changes.sql")


@dataclass(frozen=True, slots=True)
class Change:
    """One touch: `kind` says what sort of thing, `key` which one."""

    seq: int
    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened after a sequence number; not `complete` when a part of it is pruned."""

    latest: int
    complete: bool
    items: tuple[Change, ...]


def record(tx: Transaction, kind: str, key: str, *, keep: int = KEEP) -> int:
    """Write one change and prune the oldest; return its sequence number."""
    row = tx.fetch_one(_QUERIES["next-sequence"])
    if row is None:
        raise LookupError("the change sequence is missing: the schema was not migrated")
    seq = int(row["seq"])
    tx.execute(_QUERIES["add-change"], {"seq": seq, "kind": kind, "key": key})
    tx.execute(_QUERIES["prune-changes"], {"seq": seq - keep})
    return seq


def latest(tx: Transaction) -> int:
    """Return the sequence number of the newest change, 0 when there is none."""
    row = tx.fetch_one(_QUERIES["latest-sequence"])
    return int(row["seq"]) if row else 0


def since(tx: Transaction, seq: int) -> Changes:
    """Return the changes after a sequence number, oldest first."""
    newest = latest(tx)
    if newest == seq:
        return Changes(newest, complete=True, items=())
    rows = tx.fetch_all(_QUERIES["changes-since"], {"seq": seq})
    items = tuple(Change(int(row["seq"]), row["kind"], row["key"]) for row in rows)
    # Sequence numbers have no gaps, so a missing first row can only have been pruned. A number beyond
    # the newest means that the database was replaced by an older copy: start afresh, too.
    complete = len(items) == newest - seq
    return Changes(newest, complete, items if complete else ())
