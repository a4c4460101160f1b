"""The drivers that every contract test runs on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from quell.database.base import Database
from quell.database.migrate import migrate
from quell.database.opening import open_database
from tests.databases import schema_url

NOTE = "create table note (id bigint primary key, body text, bytes bytea, amount double precision)"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Return a migrated database of each driver, with a table for notes."""
    url = schema_url() if request.param == "postgresql" else ""
    opened = open_database(tmp_path, url, durability="normal")
    assert opened.dialect == request.param
    migrate(opened)
    with opened.transaction() as tx:
        tx.execute(NOTE)
    yield opened
    opened.close()
