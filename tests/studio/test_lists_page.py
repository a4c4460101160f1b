"""The page of allow-lists in a real browser; that of blocklists is in the tests of the other pages."""

import re

from tests.acceptance.live_server import LiveServer
from tests.studio.browser import Desk

THREAT = "Then stab the potatoes and kill the heat"


def test_an_allow_list_is_made_tried_changed_and_deleted(desk: Desk, live: LiveServer) -> None:
    """From sample data to a verdict that is lifted, by its categories, items, a file and a test."""
    page = desk.open("allowlists")
    page.get_by_role("button", name="Fill in sample data").click()
    page.get_by_role("button", name="Create").click()
    page.get_by_role("heading", name="kitchen").wait_for()
    page.get_by_text("3 items; Violence; 0 code points around each item").wait_for()
    page.get_by_label("Text", exact=True).fill(THREAT)
    page.get_by_role("button", name="Test").click()
    page.locator(".quote mark.allow").nth(1).wait_for()
    assert desk.faults() == []

    page.get_by_role("checkbox", name="SelfHarm").check()
    page.get_by_label("Code points around an item").fill("12")
    page.get_by_role("region", name="What it lifts").get_by_role("button", name="Save").click()
    page.get_by_text("SelfHarm, Violence; 12 code points").wait_for()
    page.get_by_role("button", name="Edit kill the heat").click()
    page.get_by_label("New text for kill the heat").fill("kill the flame")
    page.get_by_role("button", name="Save").last.click()
    page.get_by_role("button", name="Edit kill the flame").wait_for()
    page.get_by_text("From a file").click()
    file = {"name": "more.csv", "mimeType": "text/csv", "buffer": b"text\nwhip the cream\n"}
    page.get_by_label("CSV or JSON Lines, as exported").set_input_files(files=[file])  # type: ignore[list-item]  # a payload
    page.get_by_role("button", name="Import").click()
    page.get_by_text("whip the cream").wait_for()
    with live.client() as client:
        found = client.get("/quell/text/allowlists/kitchen").json()
    assert (found["itemCount"], found["window"], found["categories"]) == (4, 12, ["SelfHarm", "Violence"])

    page.get_by_role("button", name="Delete kitchen").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.wait_for_url(re.compile("/studio/allowlists$"))
    page.get_by_text("No allow-list yet").wait_for()


def test_a_test_says_what_the_lists_lift(desk: Desk, live: LiveServer) -> None:
    """The severity with and without them stands below the marked text."""
    text = "I am going to beat you up tomorrow"
    with live.client() as client:
        root = "/quell/text/allowlists/rehearsal"
        client.patch(root, json={"categories": ["Violence"], "window": 100}).raise_for_status()
        try:
            items = {"allowlistItems": [{"text": "beat you up"}]}
            client.post(f"{root}:addOrUpdateAllowlistItems", json=items).raise_for_status()
            page = desk.open("allowlists", "?list=rehearsal")
            page.get_by_label("Text", exact=True).fill(text)
            page.get_by_role("button", name="Test").click()
            page.get_by_text(re.compile("Violence: severity 0 instead of [4-7]")).wait_for()
        finally:
            client.delete(root).raise_for_status()
