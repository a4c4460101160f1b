"""A scripted server of chat completions for each test that asks for one."""

from collections.abc import Iterator

import pytest

from tests.reviewers.llm_server import Desk, FakeLlm, running_llm


@pytest.fixture
def llm() -> Iterator[FakeLlm]:
    """Return the server."""
    with running_llm() as server:
        yield server


@pytest.fixture
def desk(llm: FakeLlm) -> Desk:
    """Return an engine on the server."""
    return Desk(llm)
