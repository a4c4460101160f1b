"""Counts as rows. They are no change that anyone must hear of: the change table is left alone."""

from quell.database.base import Transaction
from quell.database.queries import load
from quell.monitor.domain import Counts, Key

_QUERIES = load("quell.monitor")


class CountStore:
    """Reads and writes counts inside the caller's transaction."""

    def add(self, tx: Transaction, counts: Counts) -> None:
        """Add to what is stored, in one order, so that two servers never wait for each other's rows."""
        rows = [{**key._asdict(), "value": count} for key, count in sorted(counts.items())]
        tx.execute_many(_QUERIES["add-counts"], rows)

    def prune(self, tx: Transaction, before: int) -> None:
        """Forget the hours before one."""
        tx.execute(_QUERIES["prune-counts"], {"before": before})

    def since(self, tx: Transaction, hour: int) -> dict[Key, int]:
        """Return all counts from an hour on."""
        rows = tx.fetch_all(_QUERIES["counts-since"], {"since": hour})
        return {Key(int(row["hour"]), row["kind"], row["name"]): int(row["value"]) for row in rows}
