"""A bench for each test that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reviewers.bench import Api, Bench, build_bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Return everything around an empty data folder."""
    made = build_bench(tmp_path)
    yield made
    made.close()


@pytest.fixture
def api(bench: Bench) -> Api:
    """Return a client of the bench."""
    return bench.client()
