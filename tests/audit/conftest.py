"""A migrated database with the log around it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from quell.audit.assembly import Audit
from quell.database.base import Database
from quell.database.migrate import migrate
from quell.database.opening import open_database
from tests.databases import database_url
from tests.doubles import StepClock


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Database]:
    """Return the driver alone, with a table for notes."""
    opened = open_database(tmp_path, database_url(tmp_path), durability="normal")
    migrate(opened)
    with opened.transaction() as tx:
        tx.execute("create table note (body text)")
    yield opened
    opened.close()


@pytest.fixture
def clock() -> StepClock:
    """Return the clock of the log."""
    return StepClock()


@pytest.fixture
def audit(plain: Database, clock: StepClock) -> Audit:
    """Return the log, which keeps entries for thirty days."""
    return Audit.around(plain, clock, 30)
