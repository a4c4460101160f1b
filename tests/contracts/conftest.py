"""The drivers that every contract test runs on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from quell.database.base import Database
from quell.database.migrate import migrate
from quell.database.sqlite import SqliteDatabase

NOTE = "create table note (id bigint primary key, body text, bytes bytea, amount double precision)"


@pytest.fixture(params=["sqlite"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Return a migrated database of each driver, with a table for notes."""
    assert request.param == "sqlite"
    opened = SqliteDatabase(tmp_path / "quell.db", durability="normal")
    migrate(opened)
    with opened.transaction() as tx:
        tx.execute(NOTE)
    yield opened
    opened.close()
