"""The pages of incidents in a real browser."""

import json
import re
from pathlib import Path

from playwright.sync_api import expect

from tests.acceptance.live_server import KEY, LiveServer
from tests.studio.browser import Desk

SCRIPT = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>"
ROOT = "/contentsafety/text/incidents"
VERSION = {"api-version": "2024-09-15-preview"}


def hits(live: LiveServer, text: str, name: str) -> bool:
    """Whether a text hits an incident through the public API."""
    with live.client(params=VERSION) as client:
        answer = client.post(
            "/contentsafety/text:detectIncidents", json={"text": text, "incidentNames": [name]}
        )
        return bool(answer.json()["incidentMatches"])


def test_three_lines_become_a_live_incident(desk: Desk, live: LiveServer) -> None:
    """Paste examples and traffic, see what is caught, move the slider, switch on."""
    page = desk.open("incidents", "?new")
    page.get_by_label("Name").fill("parcel-wide")
    page.get_by_label("Texts to be caught, one a line").fill(
        "Your parcel is on hold, pay 1.99 to release it\nPackage waiting: settle the customs fee here\n"
        "Delivery failed, pay the small charge to get your parcel"
    )
    page.get_by_label("Recent traffic, one a line").fill(
        "Your parcel is held, please pay 2.50 to release it\nIs the meeting still at three?"
    )
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("list", name="Findings").wait_for()
    assert page.locator(".findings li").count() == 2
    page.get_by_role("button", name="Wrong").click()
    assert "0 %\nPrecision" in page.locator(".counts").inner_text()
    assert page.locator(".strip .wrong").count() == 1
    assert desk.faults() == []

    page.get_by_role("button", name="Make live").click()
    page.get_by_role("heading", name="parcel-wide").wait_for()

    assert hits(live, "Your parcel is on hold, pay 1.99 to release it", "parcel-wide")
    assert page.locator(".findings li").count() == 3


def test_an_incident_goes_live_by_keyboard_alone(desk: Desk, live: LiveServer) -> None:
    """From the list to a live incident without a pointer."""
    page = desk.open("incidents")
    page.get_by_role("link", name="Try with sample data").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#page[data-ready]")
    page.get_by_label("Name").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("by-keys")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Make live":
            break
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="by-keys").wait_for()

    assert hits(live, "Your parcel is on hold, pay 1.99 to release it", "by-keys")


def test_an_incident_is_exported_and_deleted(desk: Desk, live: LiveServer) -> None:
    """The file is the API's document; deleting asks first."""
    with live.client(params=VERSION) as client:
        client.patch(f"{ROOT}/short-lived", json={"incidentName": "short-lived"})
        samples = {"incidentSamples": [{"text": "The quick brown fox sells cheap watches"}]}
        client.post(f"{ROOT}/short-lived:addIncidentSamples", json=samples)
    page = desk.open("incidents")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Export short-lived").click()
    assert json.loads(Path(waiting.value.path()).read_text())["incidentName"] == "short-lived"
    page.get_by_role("button", name="Delete short-lived").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.get_by_role("link", name="short-lived").wait_for(state="detached")

    with live.client(params=VERSION) as client:
        assert client.get(f"{ROOT}/short-lived").status_code == 404


def test_markup_in_samples_and_descriptions_stays_text(desk: Desk, live: LiveServer) -> None:
    """A stored script shows itself and does not run."""
    with live.client(params=VERSION) as client:
        client.patch(f"{ROOT}/marked", json={"incidentDefinition": SCRIPT})
        client.post(f"{ROOT}/marked:addIncidentSamples", json={"incidentSamples": [{"text": SCRIPT}]})
    page = desk.open("incidents", "?incident=marked")

    assert page.locator("main img, main script").count() == 0
    assert page.title() == "Incidents · Quell Studio"
    assert SCRIPT in page.locator(".findings").inner_text()
    assert SCRIPT in desk.open("incidents").locator("main").inner_text()
    assert page.title() == "Incidents · Quell Studio"


def test_what_the_server_refuses_is_said(desk: Desk) -> None:
    """A name that is not sound is refused in the API's words, beside the button."""
    page = desk.open("incidents", "?new")
    page.get_by_label("Name").fill("not a name!")
    page.get_by_label("Texts to be caught, one a line").fill("Anything at all")
    page.get_by_role("button", name="Make live").click()

    assert "name" in page.get_by_role("alert").inner_text().lower()
    assert len(desk.complaints) == 1  # Chromium's own line for a 4xx answer
    desk.complaints.clear()


def test_image_incidents_are_made_from_samples_and_blurred(desk: Desk) -> None:
    """Pictures are previewed, go live, and are blurred until someone wants to see them."""
    page = desk.open("image-incidents", "?new&example")
    page.wait_for_selector(".thumb")
    page.get_by_role("button", name="Preview").click()
    finding = page.get_by_role("list", name="Findings").locator(".thumb").first
    expect(finding.locator("img")).to_have_attribute("src", re.compile("^data:image/jpeg"))
    assert "blur" in finding.locator("img").evaluate("(image) => getComputedStyle(image).filter")
    page.get_by_role("button", name="Make live").click()
    page.get_by_role("heading", name="round-logo").wait_for()

    thumb = page.locator(".thumb").first
    assert "blur" in thumb.locator("img").evaluate("(image) => getComputedStyle(image).filter")
    thumb.click()
    expect(thumb.locator("img")).to_have_css("filter", "none")
    assert desk.faults() == []
    page.get_by_role("button", name="Remove sample 1").click()
    thumb.wait_for(state="detached")
    page.reload()
    page.get_by_text("Catches nothing yet").wait_for()


def test_the_key_is_nowhere_in_the_browser(desk: Desk) -> None:
    """Neither scripts, storage nor addresses have the key or the session."""
    page = desk.open("incidents")

    kept = page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie, location.href])")
    assert KEY not in kept
    assert "quell_studio" not in kept
    assert KEY not in page.content()
