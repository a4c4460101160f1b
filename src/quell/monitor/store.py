"""Counts as rows. They are no change that anyone must hear of: the change table is left alone."""

from collections.abc import Iterable

from quell.database.base import Row, Transaction
from quell.database.queries import load
from quell.monitor.domain import Counts, Key

_QUERIES = load("quell.monitor")


class CountStore:
    """Reads and writes counts inside the caller's transaction."""

    def add(self, tx: Transaction, counts: Counts) -> None:
        """Add to what is stored, in one order, so that two servers never wait for each other's rows."""
        rows = [{**key._asdict(), "value": count} for key, count in sorted(counts.items())]
        tx.execute_many(_QUERIES["add-counts"], rows)

    def prune(self, tx: Transaction, before: int, recent: int) -> None:
        """Forget the hours before one, and the counts by five minutes before another."""
        tx.execute(_QUERIES["prune-counts"], {"before": before, "recent": recent})

    def since(self, tx: Transaction, hour: int) -> dict[Key, int]:
        """Return all counts from an hour on."""
        return _counts(tx.fetch_all(_QUERIES["counts-since"], {"since": hour}))

    def incidents(self, tx: Transaction, since: int, recent: int) -> dict[Key, int]:
        """Return the hits of incidents by hour since one, and by five minutes since another."""
        return _counts(tx.fetch_all(_QUERIES["incident-counts"], {"since": since, "recent": recent}))


def _counts(rows: Iterable[Row]) -> dict[Key, int]:
    return {Key(int(row["hour"]), row["kind"], row["name"]): int(row["value"]) for row in rows}
