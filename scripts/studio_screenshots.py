"""Takes the screenshots of the Studio: each page with sample data, light and dark, and some on a phone.

Usage: python scripts/studio_screenshots.py [FOLDER]. It starts a server of its own over an empty folder.
"""

import io
import math
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

sys.path.insert(0, str(Path(__file__).parents[1]))  # the tests' own browser and server

from tests.acceptance.live_server import running_server
from tests.studio.browser import NARROW, WIDE, Desk, chromium

from quell.database.opening import open_database
from quell.monitor.domain import HOUR
from quell.monitor.service import Monitor

FOLDER = Path(__file__).parents[1] / "docs" / "studio"


def prepare(desk: Desk) -> None:
    """Fill the data folder through the pages themselves, with their sample data."""
    page = desk.open("incidents", "?new&example")
    page.get_by_role("button", name="Make live").click()
    page.get_by_role("heading", name="parcel-fee").wait_for()
    page = desk.open("image-incidents", "?new&example")
    page.wait_for_selector(".thumb")
    page.get_by_role("button", name="Make live").click()
    page.get_by_role("heading", name="round-logo").wait_for()
    page = desk.open("blocklists")
    page.get_by_role("button", name="Fill in sample data").click()
    page.get_by_role("button", name="Create").click()
    page.get_by_role("heading", name="promises").wait_for()
    page = desk.open("allowlists")
    page.get_by_role("button", name="Fill in sample data").click()
    page.get_by_role("button", name="Create").click()
    page.get_by_role("heading", name="kitchen").wait_for()
    page = desk.open("reviewers")
    page.get_by_role("button", name="Fill in sample data").click()
    page.get_by_role("button", name="Build", exact=True).click()
    page.get_by_text("Succeeded", exact=True).first.wait_for(timeout=120_000)


def _home(desk: Desk) -> None:
    desk.page.goto(f"{desk.endpoint}/studio/")


def _incident_preview(desk: Desk) -> None:
    page = desk.open("incidents", "?new&example")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("list", name="Findings").wait_for()
    page.get_by_role("button", name="Wrong").last.click()


def _image_preview(desk: Desk) -> None:
    page = desk.open("image-incidents", "?new&example")
    page.wait_for_selector(".thumb")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("list", name="Findings").wait_for()


def _text(desk: Desk) -> None:
    page = desk.open("text")
    page.get_by_role("button", name="Sample: Threat").click()
    page.locator(".verdict").wait_for()


def _image(desk: Desk) -> None:
    page = desk.open("image")
    page.get_by_role("button", name="Sample: picture with words").click()
    page.locator(".verdict").wait_for(timeout=60_000)


def _batch(desk: Desk) -> None:
    page = desk.open("batch")
    page.get_by_role("button", name="Try with sample data").click()
    page.get_by_role("button", name="Download CSV").wait_for(timeout=60_000)


def _tried(name: str, title: str, text: str) -> Callable[[Desk], None]:
    def show(desk: Desk) -> None:
        page = desk.open(name, f"?list={title}")
        page.get_by_label("Text", exact=True).fill(text)
        page.get_by_role("button", name="Test").click()
        page.locator(".quote mark").first.wait_for()

    return show


def _reviewer(desk: Desk) -> None:
    page = desk.open("reviewers", "?reviewer=support-mail")
    page.get_by_label("Text", exact=True).fill("Please give me my money back")
    page.get_by_role("button", name="Review").click()
    page.locator(".verdict").wait_for()
    page.get_by_role("button", name="Cross-validate").click()
    page.get_by_role("region", name="Confusion matrix").wait_for(timeout=120_000)


def _opened(name: str, query: str = "") -> Callable[[Desk], None]:
    def show(desk: Desk) -> None:
        desk.open(name, query)

    return show


SHOTS: dict[str, Callable[[Desk], None]] = {
    "home": _home,
    "incidents": _opened("incidents"),
    "incident-preview": _incident_preview,
    "text": _text,
    "image": _image,
    "batch": _batch,
    "image-incidents": _opened("image-incidents"),
    "image-preview": _image_preview,
    "image-incident": _opened("image-incidents", "?incident=round-logo"),
    "blocklist": _tried("blocklists", "promises", "Our m1racle cure comes with guaranteed winnings"),
    "allowlist": _tried("allowlists", "kitchen", "Beat the eggs, then kill the heat"),
    "reviewer": _reviewer,
    "monitor": _opened("monitor"),
}


def count(folder: Path) -> None:
    """Count a made-up day of traffic, so that the figures have something to show."""
    chance = random.Random(7)
    database = open_database(folder, "", durability="normal")
    present = time.time_ns() // 1000
    at = present
    monitor = Monitor(database, lambda: at)
    for ago in range(23, -1, -1):
        at = present - ago * HOUR
        for _ in range(int(30 + 25 * math.sin(ago / 3.8) + chance.random() * 12)):
            status = chance.choices([200, 400, 500], [95, 4, 1])[0]
            monitor.tally.request("TextOperations_AnalyzeText", status, chance.lognormvariate(3.4, 0.7))
            worst = 0
            for category in ("Hate", "SelfHarm", "Sexual", "Violence"):
                level = chance.choices([0, 2, 4, 6], [90, 5, 4, 1])[0]
                worst = max(worst, level)
                monitor.tally.severity("text", category, level)
            hit = chance.random() < 0.06
            monitor.tally.verdict("text", worst, matched=hit)
            if hit:
                monitor.tally.incident("text", "parcel-fee")
            if chance.random() < 0.3:
                monitor.tally.review("support-mail", chance.choice(["Refund", "Delivery", "Other"]))
    monitor.flush()
    database.close()


PHONE = ("incidents", "incident-preview", "text", "batch", "monitor")


def keep(page: Page, path: Path) -> None:
    """Write what is shown with few colours: a fraction of the bytes."""
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    picture.crop((0, 0, picture.width, min(picture.height, 1500))).quantize(
        255, dither=Image.Dither.NONE
    ).save(path, optimize=True)
    print(path.name, path.stat().st_size // 1024, "kB")


def main(folder: Path) -> None:
    """Take all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as data,
        running_server(Path(data) / "folder") as live,
        chromium() as browser,
    ):
        context = browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]}, reduced_motion="reduce")
        context.set_default_timeout(30_000)
        desk = Desk(context.new_page(), live.endpoint)
        desk.page.goto(f"{live.endpoint}/studio/sign-in")
        keep(desk.page, folder / "sign-in-light.png")
        desk.sign_in()
        prepare(desk)
        count(Path(data) / "folder")
        for name, bring in SHOTS.items():
            bring(desk)
            desk.page.mouse.move(0, 0)
            for theme in ("light", "dark"):
                desk.page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
                keep(desk.page, folder / f"{name}-{theme}.png")
        desk.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
        for name in PHONE:
            SHOTS[name](desk)
            desk.page.mouse.move(0, 0)
            keep(desk.page, folder / f"{name}-phone.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
