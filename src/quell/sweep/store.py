"""Sweeps and their hits as rows; everything inside the caller's transaction."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from quell.database.base import Row, Transaction
from quell.database.queries import load
from quell.sweep.snapshot import Version
from quell.sweep.stored import KEPT_HITS, Asked, Status, StoredSweep

_QUERIES = load("quell.sweep")


class SweepStore:
    """Reads and writes; times are microseconds since 1970."""

    def count(self, tx: Transaction) -> int:
        """Return how many sweeps there are."""
        return int(_one(tx, "count-sweeps")["sweeps"])

    def add(
        self,
        tx: Transaction,
        sweep_id: str,
        asked: Asked,
        versions: Sequence[Version],
        snapshot: bytes,
        *,
        now: int,
    ) -> StoredSweep:
        """Store a new sweep."""
        members = {
            "id": sweep_id,
            "position": _one(tx, "count-sweeps")["position"],
            "asked": json.dumps(asdict(asked)),
            "versions": json.dumps([asdict(version) for version in versions]),
            "snapshot": snapshot,
            "now": now,
        }
        tx.execute(_QUERIES["add-sweep"], members)
        found = self.get(tx, sweep_id)
        if found is None:
            raise LookupError("a sweep that was just stored is missing")
        return found

    def get(self, tx: Transaction, sweep_id: str) -> StoredSweep | None:
        """Return a sweep, or None."""
        row = tx.fetch_one(_QUERIES["get-sweep"], {"id": sweep_id})
        return _read(row) if row else None

    def list(self, tx: Transaction, skip: int, limit: int) -> Sequence[StoredSweep]:
        """Return a stretch of the sweeps, the newest first."""
        rows = tx.fetch_all(_QUERIES["list-sweeps"], {"skip": skip, "limit": limit})
        return tuple(_read(row) for row in rows)

    def snapshot(self, tx: Transaction, sweep_id: str) -> bytes | None:
        """Return what an unfinished sweep asks, as it was at its start."""
        row = tx.fetch_one(_QUERIES["get-sweep-snapshot"], {"id": sweep_id})
        return bytes(row["snapshot"]) if row and row["snapshot"] is not None else None

    def begin(self, tx: Transaction, sweep_id: str, plan: Mapping[str, Any], stamp: str, now: int) -> None:
        """Note the plan."""
        members = {"id": sweep_id, "plan": json.dumps(plan), "stamp": stamp, "now": now}
        tx.execute(_QUERIES["begin-sweep"], members)

    def advance(
        self, tx: Transaction, sweep: StoredSweep, hits: Sequence[Mapping[str, Any]], kept: int, now: int
    ) -> None:
        """Note how far a sweep is, with the hits of its newest shard; `kept` were kept before."""
        members = {
            "id": sweep.id,
            "rows": sweep.rows,
            "shards": sweep.shards,
            "hit_rows": sweep.hit_rows,
            "hits": sweep.hits,
            "faults": sweep.faults,
            "counts": json.dumps(sweep.counts),
            "first_faults": json.dumps(sweep.first_faults),
            "now": now,
        }
        tx.execute(_QUERIES["advance-sweep"], members)
        new = [
            {"sweep_id": sweep.id, "position": position, "content": json.dumps(hit)}
            for position, hit in enumerate(hits, start=kept)
            if position < KEPT_HITS
        ]
        if new:
            tx.execute_many(_QUERIES["add-sweep-hit"], new)

    def end(self, tx: Transaction, sweep_id: str, status: Status, error: str | None, now: int) -> None:
        """End a sweep."""
        tx.execute(_QUERIES["end-sweep"], {"id": sweep_id, "status": status, "error": error, "now": now})

    def delete(self, tx: Transaction, sweep_id: str) -> None:
        """Delete a sweep with its hits."""
        tx.execute(_QUERIES["delete-sweep"], {"id": sweep_id})

    def hits(self, tx: Transaction, sweep_id: str, skip: int, limit: int) -> Sequence[Mapping[str, Any]]:
        """Return a stretch of the hits that are kept, in the order of the rows."""
        params = {"sweep_id": sweep_id, "skip": skip, "limit": limit}
        return [json.loads(row["content"]) for row in tx.fetch_all(_QUERIES["list-sweep-hits"], params)]


def _one(tx: Transaction, query: str) -> Row:
    row = tx.fetch_one(_QUERIES[query])
    if row is None:
        raise LookupError(f"the query {query} always has a row")
    return row


def _read(row: Row) -> StoredSweep:
    return StoredSweep(
        id=row["id"],
        asked=Asked(**json.loads(row["asked"])),
        versions=tuple(json.loads(row["versions"])),
        status=row["status"],
        error=row["error"],
        plan=json.loads(row["plan"]) if row["plan"] else None,
        stamp=row["stamp"],
        rows=int(row["row_count"]),
        shards=int(row["shard_count"]),
        hit_rows=int(row["hit_rows"]),
        hits=int(row["hit_count"]),
        faults=int(row["fault_count"]),
        counts=tuple((kind, name, label, count) for kind, name, label, count in json.loads(row["counts"])),
        first_faults=tuple(json.loads(row["faults"])),
        created=int(row["created"]),
        updated=int(row["updated"]),
    )
