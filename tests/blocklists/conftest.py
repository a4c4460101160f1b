"""A house for each test of the feature, and lists without the rest of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from quell.blocklists.domain import Limits
from quell.database.base import Database
from quell.database.migrate import migrate
from quell.database.opening import open_database
from tests.blocklists.lists import Lists, build_lists
from tests.databases import database_url
from tests.doubles import StepClock, sequence

SMALL = Limits(lists=2, items=5, patterns=2, pattern_size=200)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Return a migrated database."""
    opened = open_database(tmp_path, database_url(tmp_path), durability="normal")
    migrate(opened)
    yield opened
    opened.close()


@pytest.fixture
def lists(database: Database) -> Lists:
    """Return blocklists over an empty database."""
    return build_lists(database, "block", StepClock(), sequence())


@pytest.fixture
def allowlists(database: Database) -> Lists:
    """Return allow-lists over the same database."""
    return build_lists(database, "allow", StepClock(), sequence("allow"))


@pytest.fixture
def small(database: Database) -> Lists:
    """Return blocklists with small limits."""
    return build_lists(database, "block", StepClock(), sequence(), SMALL)
