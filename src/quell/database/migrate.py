"""The schema, as numbered files (`0001_initial.sql`) that are run once each, in order."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from quell.database.base import Database, Transaction
from quell.database.queries import load, statements
from quell.errors import DatabaseUnusable

_NAME = re.compile(r"^(\d{4})_[a-z0-9_]+\.sql$")
_QUERIES = load("quell.database", "migrate.sql")


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema."""

    version: int
    name: str
    script: str


def shipped() -> list[Migration]:
    """Return the migrations that come with this version of Quell, oldest first."""
    folder = files("quell.database").joinpath("migrations")
    found = [
        Migration(int(name[1]), file.name, file.read_text(encoding="utf-8"))
        for file in folder.iterdir()
        if (name := _NAME.match(file.name))
    ]
    return sorted(found, key=lambda migration: migration.version)


def migrate(database: Database, migrations: Sequence[Migration] | None = None) -> int:
    """Bring the schema up to date, all missing steps or none; return the version it has now."""
    steps = shipped() if migrations is None else migrations
    newest = steps[-1].version if steps else 0
    with database.transaction() as tx:
        tx.execute(_QUERIES["create-schema-version"])
        current = _version(tx)
        if current > newest:
            raise DatabaseUnusable(
                f"The database has schema version {current}, this version of Quell knows {newest} at most. "
                "Start the newer Quell again, or give this one another data folder."
            )
        for step in steps:
            if step.version > current:
                _run(tx, step)
    return newest


def _version(tx: Transaction) -> int:
    row = tx.fetch_one(_QUERIES["schema-version"])
    return int(row["version"]) if row else 0


def _run(tx: Transaction, step: Migration) -> None:
    for statement in statements(step.script):
        tx.execute(statement)
    applied = {"version": step.version, "name": step.name, "applied": time.time_ns() // 1000}
    tx.execute(_QUERIES["record-migration"], applied)
