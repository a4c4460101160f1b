"""Sweeps on the page of an incident, in a real browser over a real server and its background process."""

import json

from tests.acceptance.live_server import LiveServer
from tests.studio.browser import Desk

ROOT = "/contentsafety/text/incidents"
VERSION = {"api-version": "2024-09-15-preview"}
SAMPLE = "Your parcel is on hold, pay 1.99 to release it"


def test_stored_posts_are_swept_from_the_page_of_an_incident(desk: Desk, live: LiveServer) -> None:
    """Start, follow to the end, read the hits, delete."""
    rows = [{"id": f"p{n}", "body": SAMPLE if n == 7 else f"Is the meeting still at {n}?"} for n in range(12)]
    stored = live.folder.parent / "stored" / "may.jsonl"
    stored.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with live.client(params=VERSION) as client:
        client.patch(f"{ROOT}/swept", json={"incidentName": "swept"})
        client.post(f"{ROOT}/swept:addIncidentSamples", json={"incidentSamples": [{"text": SAMPLE}]})
    page = desk.open("incidents", "?incident=swept")
    page.get_by_label("Source").fill("may.jsonl")
    page.get_by_label("Column with the text").fill("body")

    page.get_by_role("button", name="Sweep", exact=True).click()
    page.locator(".sweep .badge", has_text="Done").wait_for(timeout=120_000)
    page.get_by_role("button", name="Show hits of may.jsonl").click()
    page.get_by_role("list", name="Hits").wait_for()

    assert "12 of 12 rows (100 %), 1 row with hits, 0 not judged" in page.locator(".sweep").inner_text()
    assert page.locator(".sweep .findings li").count() == 1
    assert "p7" in page.locator(".sweep .findings").inner_text()
    assert desk.faults() == []
    page.get_by_role("button", name="Delete the sweep of may.jsonl").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.locator(".sweep").wait_for(state="detached")
