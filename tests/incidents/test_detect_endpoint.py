"""text:detectIncidents over HTTP."""

import pytest
from fastapi.testclient import TestClient

from quell.errors import TooManyRequests
from tests.house import House
from tests.incidents.wire import ROOT, add, call, refusal


def test_detect_names_the_incidents_that_are_hit(client: TestClient) -> None:
    """Hits come in the order of the request, each once; others are left out."""
    add(client, "scam", "front row seats")
    add(client, "lentils", "simmer the lentils")
    add(client, "seats", "front row seats")
    body = {"text": "Front row SEATS!", "incidentNames": ["seats", "lentils", "scam", "seats"]}
    answer = call(client, "POST", "/contentsafety/text:detectIncidents", body)

    assert answer.json() == {"incidentMatches": [{"incidentName": "seats"}, {"incidentName": "scam"}]}


def test_detect_without_names_matches_nothing(client: TestClient) -> None:
    """An empty list of names is an empty answer."""
    body = {"text": "Front row", "incidentNames": []}

    assert call(client, "POST", "/contentsafety/text:detectIncidents", body).json() == {"incidentMatches": []}


@pytest.mark.parametrize(
    ("body", "status", "target"),
    [
        ({"incidentNames": []}, 400, "text"),
        ({"text": "x"}, 400, "incidentNames"),
        ({"text": "", "incidentNames": []}, 400, "text"),
        ({"text": "x" * 10_001, "incidentNames": []}, 400, "text"),
        ({"text": "x", "incidentNames": "scam"}, 400, "incidentNames"),
        ({"text": "x", "incidentNames": ["scam", "absent"]}, 404, "incidentNames[1]"),
        ({"text": "x", "incidentNames": [], "halt": True}, 400, "halt"),
    ],
)
def test_bad_questions_are_refused(client: TestClient, body: object, status: int, target: str) -> None:
    """The error names the field at fault."""
    add(client, "scam", "front row")
    answer = call(client, "POST", "/contentsafety/text:detectIncidents", body)

    assert refusal(answer)[::2] == (status, target)


def test_ten_thousand_code_points_are_read(client: TestClient) -> None:
    """The longest text is accepted, also where every character needs four bytes."""
    add(client, "scam", "front row seats")
    body = {"text": "🎈" * 9_984 + " front row seats", "incidentNames": ["scam"]}
    answer = call(client, "POST", "/contentsafety/text:detectIncidents", body)

    assert answer.json() == {"incidentMatches": [{"incidentName": "scam"}]}


def test_a_full_queue_is_429(house: House, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the workers have no room, the client is told when to come back, and nothing is stored."""
    add(client, "scam", "front row")

    def refuse(*_: object) -> None:
        raise TooManyRequests(retry_after=1)

    monkeypatch.setattr(house.workers, "submit", refuse)
    body = {"incidentSamples": [{"text": "late"}]}
    detect = {"text": "x", "incidentNames": ["scam"]}
    answers = [
        call(client, "POST", f"{ROOT}/scam:addIncidentSamples", body),
        call(client, "POST", "/contentsafety/text:detectIncidents", detect),
    ]

    assert [(answer.status_code, answer.headers["retry-after"]) for answer in answers] == [(429, "1")] * 2
    assert len(call(client, "GET", f"{ROOT}/scam/incidentSamples").json()["value"]) == 1
