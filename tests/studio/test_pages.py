"""The other pages in a real browser: their main path, accessibility, and hostile content."""

import base64
import io
from pathlib import Path

import pytest
from PIL import Image

from tests.acceptance.live_server import LiveServer, running_server
from tests.studio.browser import NARROW, Desk

SCRIPT = "<img src=x onerror=\"document.title='run'\">"
PAGES = ("", "text", "image", "batch", "incidents", "image-incidents", "blocklists", "reviewers", "monitor")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_accessible_at_both_widths(desk: Desk, theme: str) -> None:
    """No serious finding of axe, and nothing wider than the window."""
    desk.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # one of its literals
    faults: list[str] = []
    for name in PAGES:
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


def test_a_text_is_moderated_and_explained(desk: Desk) -> None:
    """A threat is rejected, its words are marked, and a threshold changes the verdict at once."""
    page = desk.open("text")
    page.get_by_role("button", name="Sample: Threat").click()
    page.locator(".verdict .badge").wait_for()
    assert page.locator(".verdict").inner_text().startswith("Rejected")
    assert page.locator(".quote mark").count() >= 1
    assert desk.faults() == []
    for code, part in (
        ("curl", "curl -X POST"),
        ("Python", "ContentSafetyClient"),
        ("JavaScript", "await fetch"),
    ):
        page.get_by_role("button", name=code).click()
        assert part in page.get_by_label("Code", exact=True).inner_text()

    slider = page.get_by_label("Violence", exact=True)
    slider.focus()
    page.keyboard.press("End")

    assert page.locator(".verdict").inner_text().startswith("Accepted")


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


def picture() -> bytes:
    """Return a small plain picture."""
    sink = io.BytesIO()
    Image.new("RGB", (96, 96), (90, 140, 200)).save(sink, "PNG")
    return sink.getvalue()


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
    """All files of all pages together, compressed, stay below 150 kB."""
    folder = Path(__file__).parents[2] / "src" / "quell" / "studio" / "static"
    total = 0
    with live.client() as client:
        for path in folder.iterdir():
            with client.stream("GET", f"/studio/static/{path.name}") as answer:
                total += len(b"".join(answer.iter_raw()))

    assert 10_000 < total < 150_000
