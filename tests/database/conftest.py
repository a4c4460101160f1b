"""Empty databases, without a schema."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from quell.database.base import Database
from quell.database.opening import open_database
from quell.database.postgres import PostgresDatabase
from quell.database.sqlite import SqliteDatabase
from tests.databases import schema_url


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Return an empty database of each driver."""
    url = schema_url() if request.param == "postgresql" else ""
    opened = open_database(tmp_path / "both", url, durability="normal")
    yield opened
    opened.close()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[SqliteDatabase]:
    """Return an empty file."""
    opened = SqliteDatabase(tmp_path / "other.db", durability="normal")
    yield opened
    opened.close()


@pytest.fixture
def server() -> Iterator[PostgresDatabase]:
    """Return an empty schema of a PostgreSQL server."""
    opened = PostgresDatabase(schema_url(), durability="normal")
    yield opened
    opened.close()
