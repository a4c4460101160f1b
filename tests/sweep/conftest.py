"""A bench, or a data folder with sweeps, for each test that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sweep.bench import Bench, build_bench
from tests.sweep.stored import Stored, build_stored


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Return a bench in a folder of its own."""
    built = build_bench(tmp_path)
    yield built
    built.close()


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[Stored]:
    """Return the sweeps of an empty data folder beside a folder with posts."""
    built = build_stored(tmp_path)
    yield built
    built.database.close()
