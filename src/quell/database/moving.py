"""Moving everything that one database holds into another, empty one: whole, resumable, compared at the end.

    empty ── schema, guard ──▶ copying: a batch and its place in one transaction ──▶ compared ──▶ guard gone
                                     ▲                     │
                                     └── killed, again ◀───┘

While the guard is there no server opens the target. The source is held as a writer holds it: its servers
answer what only reads, and refuse changes as busy, so that nothing is acknowledged which does not move.
"""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from quell.database import changes
from quell.database.base import Database, Row, Transaction
from quell.database.migrate import GUARD, check, due, migrate, shipped, versions
from quell.database.queries import load
from quell.database.sqlite import SqliteDatabase
from quell.database.tables import Table, tables_of, without_nul
from quell.errors import DatabaseUnusable

_QUERIES = load("quell.database", "move.sql")
_SCHEMA = load("quell.database", "migrate.sql")
_SEQUENCE = "change sequence"
_WHOLE = 1 << 256


@dataclass(frozen=True, slots=True)
class Tally:
    """What a table holds: its rows, and the SHA-256 of each row added up, in hexadecimal digits."""

    table: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Moved:
    """What a finished move has brought over, by table; `resumed` where one that was cut off went on."""

    tallies: tuple[Tally, ...]
    resumed: bool


class Move:
    """One move; `origin` names the source, so that only the same move is taken up again.

    `on_progress` is told the share that is done, from 0 to 1, half of it copied and half of it compared.
    """

    def __init__(
        self,
        source: Database,
        target: Database,
        origin: str,
        *,
        on_progress: Callable[[float], None] = lambda _: None,
    ) -> None:
        self._source = source
        self._target = target
        self._guard = f"move from {origin}"
        self._on_progress = on_progress
        self._open: list[Transaction] = []
        self._total = 1
        self._done = 0

    def run(self) -> Moved:
        """Copy what is not there yet, compare everything, let servers in; raises DatabaseUnusable."""
        with ExitStack() as opened:
            self._open = [opened.enter_context(self._source.transaction())]
            source = opened.enter_context(self._source.reading())
            self._open.append(source)
            tables = tables_of(source, self._source.dialect)
            self._total = max(1, 3 * sum(table.count(source) for table in tables))
            sequence = str(changes.latest(source)) if tables else "0"
            resumed = self._begin(source, tables, sequence)
            self._copy(source, tables)
            tallies, different = self._compare(source, tables)
            if different and resumed:
                # What changed in the source since the first try was copied before it changed.
                self._afresh(tables, sequence)
                self._copy(source, tables)
                tallies, different = self._compare(source, tables)
            if different:
                raise DatabaseUnusable(
                    f"What was written differs from what was read, in {', '.join(different)}; "
                    "the target stays closed to servers."
                )
            with self._target.transaction() as tx:
                tx.execute(_QUERIES["drop-move"])
                tx.execute(_QUERIES["lower-guard"], {"version": GUARD})
        return Moved(tuple(tallies), resumed)

    def _begin(self, source: Transaction, tables: list[Table], sequence: str) -> bool:
        """Make the target ready; return whether it was found half way."""
        version = _settled(source)
        with self._target.transaction() as tx:
            tx.execute(_SCHEMA["create-schema-version"])
            found = versions(tx)
        if GUARD in found:
            if found[GUARD] != self._guard:
                raise DatabaseUnusable(f"Another {found[GUARD]} into this database is not finished.")
            self._check_schema(tables)
            with self._target.reading() as tx:
                same = _notes(tx).get(_SEQUENCE) == sequence
            if not same:
                self._afresh(tables, sequence)
            return True
        steps = [step for step in shipped() if step.version <= version]
        if migrate(self._target, steps, stage="post") != version:
            raise DatabaseUnusable("The target has a newer schema than the source.")
        self._check_schema(tables)
        with self._target.transaction() as tx:
            _check_empty(tx, tables)
            tx.execute(_QUERIES["create-move"])
            tx.execute(_QUERIES["raise-guard"], {"version": GUARD, "name": self._guard})
            _clear(tx, tables, sequence)
        return False

    def _check_schema(self, tables: list[Table]) -> None:
        with self._target.reading() as tx:
            there = {table.name: table for table in tables_of(tx, self._target.dialect)}
        for table in tables:
            other = there.get(table.name)
            if other is None or dict(other.columns) != dict(table.columns) or other.key != table.key:
                raise DatabaseUnusable(
                    f"The table {table.name} is not the same in the source and the target."
                )

    def _afresh(self, tables: list[Table], sequence: str) -> None:
        self._done = 0
        with self._target.transaction() as tx:
            _clear(tx, tables, sequence)

    def _copy(self, source: Transaction, tables: list[Table]) -> None:
        with self._target.reading() as tx:
            notes = _notes(tx)
        for table in tables:
            after = tuple(json.loads(notes[table.name])) if table.name in notes else None
            for rows in table.batches(source, after):
                if self._target.dialect == "postgresql":
                    without_nul(table, rows)
                with self._target.transaction() as tx:
                    tx.execute_many(table.insert(), rows)
                    place = json.dumps(table.key_of(rows[-1]))
                    tx.execute(_QUERIES["note"], {"name": table.name, "value": place})
                self._advance(rows)

    def _compare(self, source: Transaction, tables: list[Table]) -> tuple[list[Tally], list[str]]:
        tallies, different = [], []
        with self._target.reading() as target:
            self._open.append(target)
            for table in tables:
                ours, theirs = self._tally(source, table), self._tally(target, table)
                tallies.append(theirs)
                if ours != theirs:
                    different.append(table.name)
            self._open.remove(target)
        return tallies, different

    def _tally(self, tx: Transaction, table: Table) -> Tally:
        rows, total = 0, 0
        for batch in table.batches(tx):
            rows += len(batch)
            total = (total + sum(table.digest(row) for row in batch)) % _WHOLE
            self._advance(batch)
        return Tally(table.name, rows, f"{total:064x}")

    def _advance(self, rows: list[Row]) -> None:
        self._done += len(rows)
        self._on_progress(min(1.0, self._done / self._total))
        for tx in self._open:  # a server ends transactions in which nothing happens for a minute
            tx.fetch_one("select 1 as one")


def _settled(source: Transaction) -> int:
    """Return the schema version of a source that has all that this Quell adds."""
    known = shipped()
    found = versions(source)
    check(found, known[-1].version)
    version = max(found, default=0)
    if version > known[-1].version:
        raise DatabaseUnusable("The source has a newer schema than this Quell knows; use the newer one.")
    if due(known, version, "pre"):
        raise DatabaseUnusable(
            f"The source has schema version {version}; bring it up to date with 'quell migrate' first."
        )
    return version


def _check_empty(tx: Transaction, tables: list[Table]) -> None:
    with _pristine() as made:
        for table in tables:
            rows = table.count(tx)
            if rows and (rows > 10 or [row for part in table.batches(tx) for row in part] != made(table)):
                raise DatabaseUnusable(
                    f"The target is not empty: its table {table.name} has {rows:,} rows. Give a new database."
                )


@contextmanager
def _pristine() -> Iterator[Callable[[Table], list[Row]]]:
    """Give what tells the rows that a table has from its migrations alone."""
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(SqliteDatabase(Path(folder) / "pristine.db", durability="normal")) as database,
    ):
        migrate(database, stage="post")
        with database.reading() as tx:
            yield lambda table: [row for part in table.batches(tx) for row in part]


def _clear(tx: Transaction, tables: list[Table], sequence: str) -> None:
    for table in reversed(tables):
        table.clear(tx)
    tx.execute(_QUERIES["forget-notes"])
    tx.execute(_QUERIES["note"], {"name": _SEQUENCE, "value": sequence})


def _notes(tx: Transaction) -> dict[str, str]:
    return {row["name"]: row["value"] for row in tx.fetch_all(_QUERIES["noted"])}
