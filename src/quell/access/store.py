"""Named keys as rows; each change is recorded, so that every process hears of it."""

from dataclasses import asdict

from quell.access.domain import NamedKey, checked_roles
from quell.database import changes
from quell.database.base import Row, Transaction
from quell.database.queries import load

KIND = "access/keys"
"""What changes of named keys are called in the change table."""

_QUERIES = load("quell.access")


class KeyStore:
    """Reads and writes named keys inside the caller's transaction."""

    def list(self, tx: Transaction) -> list[NamedKey]:
        """Return all keys, in the order of their names."""
        return [_key(row) for row in tx.fetch_all(_QUERIES["list-keys"])]

    def get(self, tx: Transaction, name: str) -> NamedKey | None:
        """Return one key, or None."""
        row = tx.fetch_one(_QUERIES["get-key"], {"name": name})
        return _key(row) if row else None

    def count(self, tx: Transaction) -> int:
        """Return how many keys there are."""
        row = tx.fetch_one(_QUERIES["count-keys"])
        return int(row["count"]) if row else 0

    def add(self, tx: Transaction, key: NamedKey) -> None:
        """Store a new key."""
        tx.execute(_QUERIES["add-key"], {**asdict(key), "roles": ",".join(key.roles)})
        changes.record(tx, KIND, key.name)

    def replace_digest(self, tx: Transaction, key: NamedKey) -> None:
        """Store the digests of a key that was rotated."""
        members = asdict(key)
        wanted = ("name", "digest", "previous", "previous_until", "updated")
        tx.execute(_QUERIES["replace-digest"], {name: members[name] for name in wanted})
        changes.record(tx, KIND, key.name)

    def remove(self, tx: Transaction, name: str) -> bool:
        """Remove a key; return whether there was one."""
        found = tx.execute(_QUERIES["remove-key"], {"name": name}) > 0
        if found:
            changes.record(tx, KIND, name)
        return found


def _key(row: Row) -> NamedKey:
    members = dict(row)
    previous = members["previous"]
    return NamedKey(
        **{
            **members,
            "roles": checked_roles(members["roles"].split(",")),
            "digest": bytes(members["digest"]),
            "previous": None if previous is None else bytes(previous),
        }
    )
