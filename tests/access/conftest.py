"""A migrated database for named keys, on the engine that the run is for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from quell.access.assembly import assemble_keys
from quell.access.service import KeyService
from quell.database.base import Database
from quell.database.migrate import migrate
from quell.database.opening import open_database
from tests.databases import database_url
from tests.doubles import StepClock


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Return an empty database."""
    opened = open_database(tmp_path, database_url(tmp_path), durability="normal")
    migrate(opened)
    yield opened
    opened.close()


@pytest.fixture
def keys(database: Database) -> KeyService:
    """Return what works on its named keys."""
    return assemble_keys(database, StepClock())
