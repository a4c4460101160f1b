"""A bench for each test that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sweep.bench import Bench, build_bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Return a bench in a folder of its own."""
    built = build_bench(tmp_path)
    yield built
    built.close()
