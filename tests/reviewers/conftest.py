"""A bench for each test that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reviewers.bench import Api, Bench, build_bench
from tests.reviewers.llm_server import Desk, FakeLlm, running_llm


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


@pytest.fixture
def llm() -> Iterator[FakeLlm]:
    """Return a scripted server of chat completions."""
    with running_llm() as server:
        yield server


@pytest.fixture
def desk(llm: FakeLlm) -> Desk:
    """Return an engine on the scripted server."""
    return Desk(llm)
