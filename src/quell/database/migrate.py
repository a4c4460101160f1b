"""The schema, as numbered files that are run once each, in order, before or after old processes have left.

A step `0006_keys.sql` only adds, so that processes of the version before go on working: it is run before
the first process of its version, or by it. A step `0007_tidy.post.sql` takes away what that version used:
it is run once all processes of that version have ended, by `quell migrate --stage post` or with the next
step that adds.
"""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

import structlog

from quell.database.base import Database, Transaction
from quell.database.queries import load, statements
from quell.errors import DatabaseUnusable

Stage = Literal["pre", "post"]
"""`pre`: what can be run beside processes of the version before; `post`: everything."""

GUARD = 0
"""The number under which an unfinished move into this database is noted; no step has it."""

_NAME = re.compile(r"^(\d{4})_[a-z0-9_]+(\.post)?\.sql$")
_QUERIES = load("quell.database", "migrate.sql")
_log = structlog.get_logger("quell.database")


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema."""

    version: int
    name: str
    script: str

    @property
    def stage(self) -> Stage:
        """When it may be run."""
        return "pre" if _adds(self.name) else "post"


def shipped() -> list[Migration]:
    """Return the migrations that come with this version of Quell, oldest first."""
    folder = files("quell.database").joinpath("migrations")
    found = [
        Migration(int(name[1]), file.name, file.read_text(encoding="utf-8"))
        for file in folder.iterdir()
        if (name := _NAME.match(file.name))
    ]
    return sorted(found, key=lambda migration: migration.version)


def migrate(
    database: Database, migrations: Sequence[Migration] | None = None, *, stage: Stage = "pre"
) -> int:
    """Bring the schema up to date, all steps that are due or none; return the version it has now.

    A newer schema is accepted where all that came after this version of Quell only adds.
    """
    steps = shipped() if migrations is None else migrations
    newest = steps[-1].version if steps else 0
    with database.transaction() as tx:
        tx.execute(_QUERIES["create-schema-version"])
        applied = versions(tx)
        check(applied, newest)
        current = max(applied, default=0)
        todo = due(steps, current, stage)
        for step in todo:
            _run(tx, step)
    if current > newest:
        _log.warning("the schema is newer than this version of Quell", schema=current, known=newest)
    return todo[-1].version if todo else current


def due(steps: Sequence[Migration], current: int, stage: Stage) -> list[Migration]:
    """Return the steps after a version that are to be run now.

    In the stage `pre` those that take away wait at the end; one that another step follows is of the version
    before, whose processes have no older ones beside them any more.
    """
    missing = [step for step in steps if step.version > current]
    while stage == "pre" and missing and missing[-1].stage == "post":
        missing.pop()
    return missing


def check(applied: Mapping[int, str], newest: int) -> None:
    """Refuse a schema that a Quell which knows the steps up to `newest` cannot work with."""
    if GUARD in applied:
        raise DatabaseUnusable(
            f"A {applied[GUARD]} is not finished; give the same 'quell migrate' command again to finish it."
        )
    removing = [name for version, name in sorted(applied.items()) if version > newest and not _adds(name)]
    if removing:
        raise DatabaseUnusable(
            f"The database has schema version {max(applied)}, this version of Quell knows {newest} at most, "
            f"and {removing[0]} took away what it needs. Start the newer Quell again, "
            "or give this one another data folder."
        )


def versions(tx: Transaction) -> dict[int, str]:
    """Return the names of the steps that were run, by version."""
    return {int(row["version"]): row["name"] for row in tx.fetch_all(_QUERIES["schema-versions"])}


def _adds(name: str) -> bool:
    found = _NAME.match(name)
    return found is not None and not found[2]


def _run(tx: Transaction, step: Migration) -> None:
    for statement in statements(step.script):
        tx.execute(statement)
    applied = {"version": step.version, "name": step.name, "applied": time.time_ns() // 1000}
    tx.execute(_QUERIES["record-migration"], applied)
