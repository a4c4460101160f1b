"""Takes the screenshots of the Studio: each page with sample data, light and dark, and two on a phone.

Usage: python scripts/studio_screenshots.py [FOLDER]. It starts a server of its own over an empty folder.
"""

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

sys.path.insert(0, str(Path(__file__).parents[1]))  # the tests' own browser and server

from tests.acceptance.live_server import running_server
from tests.studio.browser import NARROW, WIDE, Desk, chromium

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
    page = desk.open("reviewers")
    page.get_by_role("button", name="Fill in sample data").click()
    page.get_by_role("button", name="Build", exact=True).click()
    page.get_by_text("Succeeded", exact=True).first.wait_for(timeout=120_000)


def show(desk: Desk, name: str) -> None:
    """Bring a page into the state that is worth a look."""
    if name == "home":
        desk.page.goto(f"{desk.endpoint}/studio/")
    elif name == "incident-preview":
        page = desk.open("incidents", "?new&example")
        page.get_by_role("button", name="Preview").click()
        page.get_by_role("list", name="Findings").wait_for()
    elif name == "text":
        page = desk.open("text")
        page.get_by_role("button", name="Sample: Threat").click()
        page.locator(".verdict").wait_for()
    elif name == "image":
        page = desk.open("image")
        page.get_by_role("button", name="Sample: picture with words").click()
        page.locator(".verdict").wait_for(timeout=60_000)
    elif name == "batch":
        page = desk.open("batch")
        page.get_by_role("button", name="Try with sample data").click()
        page.get_by_role("button", name="Download CSV").wait_for(timeout=60_000)
    elif name == "image-incident":
        desk.open("image-incidents", "?incident=round-logo")
    elif name == "blocklist":
        page = desk.open("blocklists", "?list=promises")
        page.get_by_label("Text", exact=True).fill("Our m1racle cure comes with guaranteed winnings")
        page.get_by_role("button", name="Test").click()
        page.locator(".quote mark").first.wait_for()
    elif name == "reviewer":
        page = desk.open("reviewers", "?reviewer=support-mail")
        page.get_by_label("Text", exact=True).fill("Please give me my money back")
        page.get_by_role("button", name="Review").click()
        page.locator(".verdict").wait_for()
        page.get_by_role("button", name="Cross-validate").click()
        page.get_by_role("region", name="Confusion matrix").wait_for(timeout=120_000)
    else:
        desk.open(name)


SHOTS = (
    "home",
    "incidents",
    "incident-preview",
    "text",
    "image",
    "batch",
    "image-incident",
    "blocklist",
    "reviewer",
    "monitor",
)


def keep(page: Page, path: Path) -> None:
    """Write what is shown with few colours: a fraction of the bytes."""
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    picture.crop((0, 0, picture.width, min(picture.height, 1500))).quantize(
        200, dither=Image.Dither.NONE
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
        for name in SHOTS:
            show(desk, name)
            for theme in ("light", "dark"):
                desk.page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
                keep(desk.page, folder / f"{name}-{theme}.png")
        desk.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
        for name in ("incident-preview", "text"):
            show(desk, name)
            keep(desk.page, folder / f"{name}-phone.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
