"""One live server and one storage emulator for the acceptance tests that do not kill them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.live_server import LiveServer, running_server
from tests.acceptance.node_tools import Azurite, running_azurite


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Return a running server with an empty data folder, shared by the session."""
    folder: Path = tmp_path_factory.mktemp("acceptance") / "folder"
    # What tests ask for at once may take a slow machine longer than anybody would wait for an answer.
    with running_server(folder, wait_limit="600") as live:
        yield live


@pytest.fixture(scope="session")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Azurite]:
    """Return a running Azurite, shared by the session."""
    with running_azurite(tmp_path_factory.mktemp("azurite")) as running:
        yield running
