"""The page of the monitor in a real browser."""

from collections.abc import Iterator

import httpx
import pytest

from tests.acceptance.live_server import LiveServer
from tests.studio.browser import Desk

VERSION = {"api-version": "2024-09-15-preview"}
TEXT = "Your voucher waits behind the blue door"


def answered(answer: httpx.Response) -> None:
    """Fail unless a call was answered."""
    assert answer.is_success, answer.text


@pytest.fixture
def traffic(live: LiveServer) -> Iterator[None]:
    """Hit an incident and a term, and be refused once; leave nothing that other pages would find."""
    with live.client(params=VERSION) as client:
        text = "/contentsafety/text"
        answered(client.patch(f"{text}/incidents/watched", json={}))
        samples = {"incidentSamples": [{"text": TEXT}]}
        answered(client.post(f"{text}/incidents/watched:addIncidentSamples", json=samples))
        answered(client.patch(f"{text}/blocklists/watched-terms", json={}))
        items = {"blocklistItems": [{"text": "voucher <b>"}, {"text": "blue door"}]}
        answered(client.post(f"{text}/blocklists/watched-terms:addOrUpdateBlocklistItems", json=items))
        asked = {
            "text": TEXT,
            "blocklistNames": ["watched-terms"],
            "incidents": {"incidentNames": ["watched"]},
        }
        answered(client.post("/contentsafety/text:analyze", json=asked))
        assert client.post("/contentsafety/text:analyze", json={}).status_code == 400
        yield
        answered(client.delete(f"{text}/incidents/watched"))
        answered(client.delete(f"{text}/blocklists/watched-terms"))


@pytest.mark.usefixtures("traffic")
def test_traffic_shows_as_bars_tables_and_sparklines(desk: Desk) -> None:
    """What was asked and found is there at once, by name; another span draws anew."""
    page = desk.open("monitor")
    incidents = page.get_by_role("region", name="Top incidents")
    terms = page.get_by_role("region", name="Top terms")

    assert page.locator(".hours rect.fine").count() >= 1
    assert page.locator(".hours rect.warn").count() >= 1
    assert incidents.get_by_role("link", name="watched").count() == 1
    assert "blue door" in terms.inner_text()
    assert "voucher" not in terms.inner_text()
    assert "text: Violence" in page.get_by_role("region", name="Severities").inner_text()
    verdicts = page.get_by_role("region", name="Verdicts")
    assert verdicts.get_by_role("img", name="1 rejected verdict").count() == 1
    assert "Reject rate" in verdicts.inner_text()
    page.get_by_label("Reject at or above").select_option("1")
    page.get_by_text("Rejected: severity 1 or more").wait_for()
    assert desk.faults() == []
    page.get_by_label("Span").select_option("744")
    page.get_by_role("button", name="Refresh").click()
    page.get_by_role("img", name="requests by hour").wait_for()
    assert incidents.get_by_role("link", name="watched").count() == 1

    page = desk.open("incidents")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="watched"))
    assert row.get_by_role("img", name="1 hit in 24 hours").count() == 1
    assert row.get_by_role("cell").nth(1).inner_text() == "1"


def test_what_was_deleted_is_told_by_its_id(desk: Desk, live: LiveServer) -> None:
    """Its counts outlive a term, and the page asks for nothing that is not there."""
    with live.client(params=VERSION) as client:
        root = "/contentsafety/text/blocklists/short-lived"
        answered(client.patch(root, json={}))
        items = {"blocklistItems": [{"text": "passing fancy"}]}
        added = client.post(f"{root}:addOrUpdateBlocklistItems", json=items)
        asked = {"text": "a passing fancy", "blocklistNames": ["short-lived"]}
        answered(client.post("/contentsafety/text:analyze", json=asked))
        answered(client.delete(root))
    item_id = added.json()["blocklistItems"][0]["blocklistItemId"]

    shown = desk.open("monitor").get_by_role("region", name="Top terms").inner_text()

    assert f"deleted ({item_id})" in shown
    assert "passing fancy" not in shown
