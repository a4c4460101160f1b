"""The distribution's Chromium or that of a package, driven over a live Studio; its complaints are kept.

`QUELL_CHROMIUM` names another executable. What is missing fails; nothing is skipped.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Playwright, Request, sync_playwright

from tests.acceptance.live_server import KEY
from tests.acceptance.node_tools import installed_packages, run_script

PACKAGE = Path(__file__).parent / "node"
WIDE = (1280, 860)
NARROW = (390, 844)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium; end it and its driver at the end."""
    with sync_playwright() as playwright:
        browser = start(playwright)
        try:
            yield browser
        finally:
            browser.close()


def start(playwright: Playwright) -> Browser:
    """Start the browser; without its sandbox only where it would refuse to run, as root or from a package."""
    found = os.environ.get("QUELL_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        return _from_package(playwright)
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(executable_path=found, args=arguments)


def _from_package(playwright: Playwright) -> Browser:
    """Start the Chromium of a package, unpacked once into the checkout's cache."""
    unpacked = installed_packages(PACKAGE) / "unpacked"
    unpacked.mkdir(exist_ok=True)
    place = json.loads(run_script("chromium.mjs", sources=PACKAGE, TMPDIR=str(unpacked)))
    environment = {**os.environ, "LD_LIBRARY_PATH": place["libraries"]}
    return playwright.chromium.launch(
        executable_path=place["path"],
        args=["--no-sandbox", "--disable-gpu", "--no-zygote"],
        env=environment,
    )


@dataclass
class Desk:
    """A page of one browser session, and what went wrong on it."""

    page: Page
    endpoint: str
    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Keep what the console says and which other origins are asked."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._request)

    def open(self, name: str, query: str = "") -> Page:
        """Open a page of the Studio and wait until it has built itself."""
        self.page.goto(f"{self.endpoint}/studio/{name}{query}")
        self.page.wait_for_selector("#page[data-ready]")
        return self.page

    def sign_in(self) -> None:
        """Sign in with the key of the test server."""
        self.page.goto(f"{self.endpoint}/studio/sign-in")
        self.page.get_by_label("Subscription key").fill(KEY)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(f"{self.endpoint}/studio/")

    def faults(self) -> list[str]:
        """Return the serious findings of the accessibility checker on what is shown now."""
        source = (installed_packages() / "node_modules" / "axe-core" / "axe.min.js").read_text()
        self.page.evaluate(source + "; undefined")
        found: dict[str, Any] = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{one['id']}: {one['nodes'][0]['html'][:160]}"
            for one in found["violations"]
            if one["impact"] in {"serious", "critical"}
        ]

    def _console(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def _request(self, request: Request) -> None:
        asked = urlsplit(request.url)
        if asked.scheme not in {"blob", "data"} and f"{asked.scheme}://{asked.netloc}" != self.endpoint:
            self.elsewhere.append(request.url)
