"""What a process remembers is as fresh as the database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from quell.database import Database, SqliteDatabase, changes
from quell.database.migrate import migrate
from quell.database.watch import ChangeWatch


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Database, Database]]:
    """Two processes' connections to one file."""
    ours, theirs = (SqliteDatabase(tmp_path / "quell.db") for _ in range(2))
    migrate(ours)
    yield ours, theirs
    ours.close()
    theirs.close()


def touch(database: Database, kind: str, key: str, *, keep: int = changes.KEEP) -> None:
    """Commit one change."""
    with database.transaction() as tx:
        changes.record(tx, kind, key, keep=keep)


def test_only_what_was_touched_of_its_kind_is_named(pair: tuple[Database, Database]) -> None:
    """Another process's changes of the watched kind are named once, those of other kinds never."""
    ours, theirs = pair
    watch = ChangeWatch(ours, "text/incidents")
    watch.touched()

    touch(theirs, "text/incidents", "a")
    touch(theirs, "text/blocklists", "b")

    assert not watch.quiet()
    assert watch.touched() == frozenset({"a"})
    assert watch.quiet()
    assert watch.touched() == frozenset()


def test_who_slept_too_long_starts_afresh(pair: tuple[Database, Database]) -> None:
    """When changes were pruned that the watch has not seen, everything may have been touched."""
    ours, theirs = pair
    watch = ChangeWatch(ours, "text/incidents")
    watch.touched()

    for name in "abc":
        touch(theirs, "text/incidents", name, keep=1)

    assert watch.touched() is None
