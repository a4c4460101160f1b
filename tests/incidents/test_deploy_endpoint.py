"""The deployment of text incidents, over HTTP."""

import pytest
from fastapi.testclient import TestClient

from tests.incidents.wire import ROOT, VERSION, add, call, refusal


def test_a_deployment_can_be_followed(client: TestClient) -> None:
    """202 with both headers; the operation it leads to has succeeded."""
    add(client, "scam", "front row")
    started = call(client, "POST", f"{ROOT}/scam:deploy", **{"Operation-Id": "deploy-1"})
    followed = client.get(started.headers["operation-location"])

    assert (started.status_code, started.json()) == (202, {"id": "deploy-1", "status": "NotStarted"})
    assert started.headers["operation-id"] == "deploy-1"
    assert started.headers["operation-location"] == (
        f"https://safety.example.org{ROOT}/operations/deploy-1?api-version={VERSION}"
    )
    assert followed.json() == {"id": "deploy-1", "status": "Succeeded"}
    assert "retry-after" not in followed.headers


def test_a_deployment_may_have_any_body(client: TestClient) -> None:
    """No body, an empty object and an empty form are the same; an empty Operation-Id is none."""
    add(client, "scam", "front row")
    url = f"{ROOT}/scam:deploy?api-version={VERSION}"
    answers = [
        client.post(url, headers={"Operation-Id": ""}),
        client.post(url, json={}),
        client.post(url, headers={"content-type": "application/json"}),
        client.post(url, data={}, headers={"content-type": "application/x-www-form-urlencoded"}),
    ]

    assert [answer.status_code for answer in answers] == [202] * 4
    assert len({answer.headers["operation-id"] for answer in answers}) == 4


@pytest.mark.parametrize(
    ("operation_id", "good"), [("a", True), ("A-9", True), ("x" * 64, True), ("x" * 65, False)]
)
def test_operation_ids_are_limited(client: TestClient, operation_id: str, good: bool) -> None:
    """1 to 64 letters, digits and inner hyphens are accepted."""
    add(client, "scam", "front row")
    answer = call(client, "POST", f"{ROOT}/scam:deploy", **{"Operation-Id": operation_id})

    assert answer.status_code == (202 if good else 400)


def test_an_operation_id_of_another_incident_is_refused(client: TestClient) -> None:
    """An id leads to one operation."""
    for name in ("a", "b"):
        add(client, name, "front row")
    first, second = (
        call(client, "POST", f"{ROOT}/{name}:deploy", **{"Operation-Id": "deploy-1"}) for name in ("a", "b")
    )

    assert first.status_code == 202
    assert refusal(second) == (400, "InvalidRequestBody", "Operation-Id")
