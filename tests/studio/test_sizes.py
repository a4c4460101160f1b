"""What is too large for one call, or too many for one page of a list, in a real browser."""

import io
import json
import os
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from tests.acceptance.live_server import LiveServer, running_server
from tests.studio.browser import Desk
from tests.studio.test_incidents_page import VERSION

ROOT = "/contentsafety/text/incidents"


def noisy(side: int) -> bytes:
    """Return a picture that cannot be made small."""
    picture = Image.frombytes("RGB", (side, side), os.urandom(side * side * 3))
    with io.BytesIO() as file:
        picture.save(file, "png")
        return file.getvalue()


def test_an_incident_that_was_refused_can_be_made_again(desk: Desk, live: LiveServer) -> None:
    """Nothing of the first try is in the way of the second."""
    page = desk.open("incidents", "?new")
    page.get_by_label("Name").fill("half-made")
    samples = page.get_by_label("Texts to be caught, one a line")
    samples.fill("short one\n" + "a " * 600)
    page.get_by_role("button", name="Make live").click()
    page.get_by_role("alert").wait_for()
    with live.client(params=VERSION) as client:
        left = client.get(f"{ROOT}/half-made").status_code

    samples.fill("short one")
    page.get_by_role("button", name="Make live").click()
    page.get_by_role("heading", name="half-made").wait_for()

    assert left == 404
    desk.complaints.clear()  # Chromium's own line for a 4xx answer


def test_large_pictures_are_sent_in_several_calls(desk: Desk) -> None:
    """Three of which no two fit into one body are tried and go live."""
    page = desk.open("image-incidents", "?new")
    files = [{"name": f"{number}.png", "mimeType": "image/png", "buffer": noisy(1080)} for number in range(3)]
    page.get_by_label("Name").fill("large-pictures")
    page.locator("input[type=file]").first.set_input_files(files=files[:1])  # type: ignore[arg-type]  # payloads
    page.locator("input[type=file]").nth(1).set_input_files(files=files[1:2])  # type: ignore[arg-type]  # payloads
    page.locator(".thumb").nth(1).wait_for()
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("alert").wait_for()
    page.locator("input[type=file]").first.set_input_files(files=files[2:])  # type: ignore[arg-type]  # payloads
    page.locator(".thumb").nth(2).wait_for()

    page.get_by_role("button", name="Make live").click()
    page.get_by_role("heading", name="large-pictures").wait_for()

    assert page.locator(".thumbs li").count() == 2


def test_traffic_is_tried_in_as_many_calls_as_it_needs(desk: Desk) -> None:
    """The findings of all of them are counted together."""
    page = desk.open("image-incidents", "?new&example")
    page.wait_for_selector(".thumb")
    files = [{"name": f"{number}.png", "mimeType": "image/png", "buffer": noisy(1080)} for number in range(3)]
    page.locator("input[type=file]").nth(1).set_input_files(files=files)  # type: ignore[arg-type]  # payloads
    page.locator(".thumb").nth(6).wait_for()

    page.get_by_role("button", name="Preview").click()
    page.get_by_role("list", name="Findings").wait_for()

    assert page.locator(".findings li").count() == 6
    assert "2.png" in page.locator(".findings").inner_text()


def test_a_text_that_is_too_long_fails_alone(desk: Desk) -> None:
    """The rest of a batch is judged, however large the file."""
    page = desk.open("batch")
    rows = [*[{"text": "a " * 20_000}] * 250, {"text": "hello"}]
    content = "\n".join(map(json.dumps, rows)).encode()
    file = {"name": "rows.jsonl", "mimeType": "application/x-ndjson", "buffer": content}
    page.get_by_label("File", exact=True).set_input_files(files=[file])  # type: ignore[list-item]  # a payload

    page.get_by_role("button", name="Moderate all").click()
    page.get_by_text("251 texts of 251 moderated.").first.wait_for()

    counts = page.locator(".counts").inner_text().split()
    assert counts[:6] == ["251", "Texts", "0", "Rejected", "250", "Errors"]


def test_a_long_list_is_read_below_the_path_it_is_published_under(browser: Browser, tmp_path: Path) -> None:
    """Also by somebody who opens the server itself."""
    public = "https://safety.example/below"
    with running_server(tmp_path / "folder", public_url=public) as server, browser.new_context() as context:
        items = [{"text": f"item {number:03}"} for number in range(150)]
        with server.client(params={"api-version": "2024-09-01"}) as client:
            client.patch("/contentsafety/text/blocklists/long", json={"description": "many"})
            for first in (0, 100):
                added = {"blocklistItems": items[first : first + 100]}
                client.post("/contentsafety/text/blocklists/long:addOrUpdateBlocklistItems", json=added)
        desk = Desk(context.new_page(), server.endpoint)
        desk.watch()
        desk.sign_in()

        page = desk.open("blocklists", "?list=long")
        page.get_by_text("item 000").wait_for()

        assert desk.complaints == []
