"""A bench for each test that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.jobs.tasks import Bench, bench


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Bench]:
    """Return a database without jobs."""
    made = bench(tmp_path)
    yield made
    made.database.close()
