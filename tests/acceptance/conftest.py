"""One live server for the acceptance tests that do not kill it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.live_server import LiveServer, running_server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Return a running server with an empty data folder, shared by the session."""
    folder: Path = tmp_path_factory.mktemp("acceptance") / "folder"
    with running_server(folder) as live:
        yield live
