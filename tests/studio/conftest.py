"""One live server and one browser for all tests of pages."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.acceptance.live_server import LiveServer, running_server
from tests.studio.browser import WIDE, Desk, chromium


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Return a running server with an empty data folder."""
    folder = tmp_path_factory.mktemp("studio")
    (folder / "stored").mkdir()
    with running_server(folder / "folder", blob_folder=str(folder / "stored")) as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a started Chromium."""
    with chromium() as started:
        yield started


@pytest.fixture
def desk(browser: Browser, live: LiveServer) -> Iterator[Desk]:
    """Return a signed-in page; whatever the console said, or another origin asked, fails the test."""
    context = browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]}, accept_downloads=True)
    context.set_default_timeout(15_000)
    found = Desk(context.new_page(), live.endpoint)
    found.watch()
    found.sign_in()
    yield found
    context.close()
    assert found.complaints == []
    assert found.elsewhere == []
