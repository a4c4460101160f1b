"""The other pages in a real browser: their main path, accessibility, and hostile content."""

import base64
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from quell.studio.pages import PAGES
from tests.acceptance.live_server import KEY, LiveServer, running_server
from tests.studio.browser import NARROW, Desk
from tests.studio.weights import page_weights

SCRIPT = "<img src=x onerror=\"document.title='run'\">"
NAMES = ("", *(page.name for page in PAGES))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_accessible_at_both_widths(desk: Desk, theme: str) -> None:
    """No serious finding of axe, and nothing wider than the window."""
    desk.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # one of its literals
    faults: list[str] = []
    for name in NAMES:
        if name:
            desk.open(name)
        else:
            desk.page.goto(f"{desk.endpoint}/studio/")
        faults += [f"{name} {one}" for one in desk.faults()]
        desk.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
        if desk.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults.append(f"{name} is wider than {NARROW[0]} pixels")
        desk.page.set_viewport_size({"width": 1280, "height": 860})

    assert faults == []


def test_a_text_is_moderated_and_explained(desk: Desk, tmp_path: Path) -> None:
    """A threat is rejected, its words are marked, the code works, and a threshold changes the verdict."""
    page = desk.open("text")
    page.get_by_role("button", name="Sample: Threat").click()
    page.locator(".verdict .badge").wait_for()
    assert page.locator(".verdict").inner_text().startswith("Rejected")
    assert page.locator(".quote mark").count() >= 1
    assert desk.faults() == []
    assert run_code(page, tmp_path) == ["categoriesAnalysis", "rejected", "rejected"]

    slider = page.get_by_label("Violence", exact=True)
    slider.focus()
    page.keyboard.press("End")

    assert page.locator(".verdict").inner_text().startswith("Accepted")
    page.get_by_label("Text to moderate").fill("See you on Friday")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="I know where you live").wait_for()


def test_a_blocklist_is_made_tried_edited_and_marked(desk: Desk) -> None:
    """From an empty page to a term that rejects a text, with markup in a term staying text."""
    page = desk.open("blocklists")
    page.get_by_label("Name").fill("wonders")
    page.get_by_label("Terms, one a line (optional)").fill(f"miracle cure\n{SCRIPT}")
    page.get_by_role("button", name="Create").click()
    page.get_by_role("heading", name="wonders").wait_for()
    page.get_by_label("Text", exact=True).fill(f"The m1racle cure {SCRIPT}")
    page.get_by_role("button", name="Test").click()
    page.locator(".quote mark").first.wait_for()
    page.get_by_role("button", name="Edit miracle cure").click()
    page.get_by_label("New text for miracle cure").fill("wonder cure")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Edit wonder cure").wait_for()
    assert page.locator("main img").count() == 0
    assert desk.faults() == []

    page = desk.open("text")
    page.get_by_label("Text to moderate").fill("A wonder cure for you")
    page.get_by_role("button", name="Moderate", exact=True).click()
    page.locator("mark.block").first.wait_for()

    assert "blocklist wonders" in page.locator(".verdict").inner_text()
    assert page.title() == "Moderate text · Quell Studio"


def test_a_moderated_text_becomes_a_sample(desk: Desk, live: LiveServer) -> None:
    """What was let through is added to an incident from the verdict, and is hit from then on."""
    with live.client(params={"api-version": "2024-09-15-preview"}) as client:
        client.patch("/contentsafety/text/incidents/from-verdict", json={}).raise_for_status()
    text = "Buy the blue lamp before midnight or it is gone"
    page = desk.open("text")
    page.get_by_label("Text to moderate").fill(text)
    page.get_by_role("button", name="Moderate", exact=True).click()
    page.get_by_text("Add this text to an incident").click()
    page.get_by_label("Incident", exact=True).select_option("from-verdict")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_text("Added;").wait_for()
    page.get_by_role("button", name="Moderate", exact=True).click()
    page.locator("mark.incident").nth(1).wait_for()

    assert "incident from-verdict" in page.locator(".verdict").inner_text()


def test_one_setting_takes_the_studio_away(tmp_path: Path) -> None:
    """Without it the server has no such path and everything else is as before."""
    with running_server(tmp_path / "folder", studio="false") as bare, bare.client() as client:
        assert client.get("/studio/").status_code == 404
        assert client.get("/studio/static/studio.js").status_code == 404
        assert client.get("/quell/capabilities").status_code == 200


def run_code(page: Page, folder: Path) -> list[str]:
    """Run the code that the page shows, as curl, Python and JavaScript; return what each came to."""
    came = []
    for name, command in (
        ("curl", ["bash", "-c"]),
        ("Python", [sys.executable, "-c"]),
        ("JavaScript", ["node", "--input-type=module", "-e"]),
    ):
        page.get_by_role("button", name=name).click()
        code = page.get_by_label("Code", exact=True).inner_text()
        done = subprocess.run(
            [*command, code],
            cwd=folder,
            env={**os.environ, "QUELL_KEY": KEY},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        came.append(done.stdout.strip())
    came[0] = next(iter(json.loads(came[0]).keys() - {"blocklistsMatch", "incidentMatches"}))
    return came


def picture() -> bytes:
    """Return a small plain picture."""
    sink = io.BytesIO()
    Image.new("RGB", (96, 96), (90, 140, 200)).save(sink, "PNG")
    return sink.getvalue()


def test_the_code_of_a_picture_reads_the_file(desk: Desk, tmp_path: Path) -> None:
    """Alone and with a text beside it, in each language, whatever the file is called."""
    named = 'it\'s a "picture".png'
    (tmp_path / named).write_bytes(picture())
    page = desk.open("image")
    page.locator("input[type=file]").set_input_files(tmp_path / named)
    page.get_by_role("button", name="Moderate", exact=True).click()
    page.get_by_role("heading", name="View code").wait_for()
    assert run_code(page, tmp_path) == ["categoriesAnalysis", "accepted", "accepted"]
    page.get_by_label("Text beside it (optional)").fill("I'll beat you up, 100% \\n sure")
    page.get_by_role("button", name="Moderate", exact=True).click()
    page.get_by_text("judged alone and together").wait_for()

    assert run_code(page, tmp_path) == ["categoriesAnalysis", "rejected", "rejected"]


def test_an_image_is_dropped_blurred_and_judged_with_its_coverage(desk: Desk) -> None:
    """A file name is only a name, and what nothing looked at is said beside its 0."""
    page = desk.open("image")
    content = base64.b64encode(picture()).decode()
    page.evaluate(
        """([content, name]) => {
            const bytes = Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
            const carried = new DataTransfer();
            carried.items.add(new File([bytes], name, { type: 'image/png' }));
            document.querySelector('.drop').dispatchEvent(new DragEvent('drop', { dataTransfer: carried }));
        }""",
        [content, f"{SCRIPT}.png"],
    )
    thumb = page.locator(".thumb")
    thumb.wait_for()
    page.get_by_role("button", name="Moderate", exact=True).click()
    page.locator(".verdict").wait_for()

    assert "blur" in thumb.locator("img").evaluate("(image) => getComputedStyle(image).filter")
    assert "text in the picture alone" in page.locator(".bars").inner_text()
    assert page.locator("main img").count() == 1
    assert page.title() == "Moderate image · Quell Studio"
    assert desk.faults() == []


def test_a_batch_of_ten_thousand_rows_scrolls_and_comes_out_harmless(desk: Desk) -> None:
    """The table holds a few elements only; cells that look like formulas or markup stay text."""
    page = desk.open("batch")
    page.route("**/quell/text:batch", answer_batch)
    rows = "\n".join(f'"row {number}",accept' for number in range(9_998))
    quoted = SCRIPT.replace('"', '""')
    text = f'text,label\n"=HYPERLINK(""http://evil.example"")",reject\n"{quoted}",accept\n'
    file = {"name": "rows.csv", "mimeType": "text/csv", "buffer": (text + rows).encode()}
    page.get_by_label("File", exact=True).set_input_files(files=[file])  # type: ignore[list-item]  # a payload
    page.get_by_role("button", name="Moderate all").click()
    page.get_by_role("button", name="Download CSV").wait_for()

    table = page.get_by_role("table", name="Results")
    assert table.get_attribute("aria-rowcount") == "10001"
    assert page.locator(".virtual .rows > *").count() < 40
    table.evaluate("(node) => { node.scrollTop = node.scrollHeight; }")
    page.get_by_text("row 9997").wait_for()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download CSV").click()
    lines = Path(waiting.value.path()).read_text().splitlines()
    assert len(lines) == 10_001
    assert lines[1].startswith("\"'=HYPERLINK")
    assert page.locator("main img").count() == 0
    assert desk.faults() == []


def answer_batch(route: object) -> None:
    """Answer a batch at once: this test is about the page."""
    from playwright.sync_api import Route  # noqa: PLC0415 - for the type only

    assert isinstance(route, Route)
    items = (route.request.post_data_json or {})["items"]
    line = '{{"position": {}, "categoriesAnalysis": [{{"category": "Hate", "severity": 0}}]}}'
    body = "\n".join(line.format(place) for place in range(len(items)))
    route.fulfill(body=body, content_type="application/x-ndjson")


def test_the_sample_batch_is_measured(desk: Desk) -> None:
    """With labels there are precision, recall and a curve, from the real service."""
    page = desk.open("batch")
    page.get_by_role("button", name="Try with sample data").click()
    page.get_by_role("img", name="Precision, recall and F1 by threshold").wait_for()

    assert "Precision" in page.locator(".counts").inner_text()
    assert desk.faults() == []
    for row in (2, 4):
        page.get_by_label(f"Choose row {row}", exact=True).check()
    page.get_by_text("Add chosen rows to an incident").click()
    page.get_by_label("Incident", exact=True).select_option("A new incident …")
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_url("**/studio/incidents?new")
    handed = page.get_by_label("Texts to be caught, one a line").input_value()

    assert [line.split(",")[0] for line in handed.splitlines()] == [
        "I am going to beat you up tomorrow",
        "People like that deserve to be beaten",
    ]
    assert desk.open("incidents", "?new").get_by_label("Texts to be caught, one a line").input_value() == ""


def test_a_reviewer_is_built_and_reviews(desk: Desk) -> None:
    """Labels and examples become a version that gives a text a label and says why."""
    page = desk.open("reviewers")
    page.get_by_role("button", name="Fill in sample data").click()
    page.get_by_role("button", name="Build", exact=True).click()
    page.get_by_text("Succeeded", exact=True).first.wait_for(timeout=60_000)
    page.get_by_label("Text", exact=True).fill("Please give me my money back")
    page.get_by_role("button", name="Review").click()
    page.locator(".verdict").wait_for()

    assert page.locator(".verdict .badge").inner_text() == "Refund"
    page.get_by_role("button", name="Load the examples of version 1").click()
    page.get_by_text("The examples were loaded.").wait_for(state="attached")
    page.get_by_role("button", name="Build a new version").click()
    page.get_by_role("heading", name="Compare versions").wait_for()
    page.get_by_text("Succeeded", exact=True).first.wait_for(timeout=60_000)
    page.get_by_label("Texts, one a line as “Label: text”").fill("Refund: Please refund my shoes")
    page.get_by_role("button", name="Compare", exact=True).click()
    page.get_by_text("Accuracy, version 2").wait_for()
    assert desk.faults() == []


def test_the_pages_are_light(live: LiveServer) -> None:
    """Each page with all that it asks for is sent in less than 150 kB."""
    weights = page_weights(live.endpoint)

    assert set(weights) == {page.name for page in PAGES}
    assert all(5_000 < size < 150_000 for size in weights.values()), weights
