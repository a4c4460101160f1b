"""The protocol's operations on text incidents, over HTTP."""

import re

import pytest
from fastapi.testclient import TestClient

from tests.incidents.wire import ROOT, VERSION, call, refusal

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z")


def test_the_first_patch_creates_the_second_updates(client: TestClient) -> None:
    """201 with Location, then 200 without; the answer holds what was set and both times."""
    first = call(client, "PATCH", f"{ROOT}/scam", {"incidentName": "scam", "description": "fake tickets"})
    second = call(client, "PATCH", f"{ROOT}/scam", {"incidentDefinition": "sells tickets"})

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.headers["location"] == f"https://safety.example.org{ROOT}/scam?api-version={VERSION}"
    assert "location" not in second.headers
    assert first.json().keys() == {"incidentName", "description", "created", "lastUpdated"}
    assert second.json()["description"] == "fake tickets"
    assert second.json()["incidentDefinition"] == "sells tickets"
    assert TIME.fullmatch(second.json()["created"])
    assert second.json()["lastUpdated"] > second.json()["created"]
    assert call(client, "GET", f"{ROOT}/scam").json() == second.json()


@pytest.mark.parametrize("body", [None, {}, {"incidentName": None}, {"incidentName": ""}])
def test_a_patch_may_be_empty(client: TestClient, body: object) -> None:
    """An absent or empty body creates the incident that the URL names."""
    answer = call(client, "PATCH", f"{ROOT}/scam", body)

    assert (answer.status_code, answer.json()["incidentName"]) == (201, "scam")


@pytest.mark.parametrize("removal", [None, ""])
def test_null_and_empty_remove_a_text(client: TestClient, removal: object) -> None:
    """What is absent is kept, null or the empty string takes the field away."""
    call(client, "PATCH", f"{ROOT}/scam", {"description": "one", "incidentDefinition": "two"})
    answer = call(client, "PATCH", f"{ROOT}/scam", {"description": removal}).json()

    assert "description" not in answer
    assert answer["incidentDefinition"] == "two"


def test_a_merge_patch_is_read_like_json(client: TestClient) -> None:
    """Both media types of a PATCH are accepted."""
    kind = {"content-type": "application/merge-patch+json"}

    assert call(client, "PATCH", f"{ROOT}/scam", {"description": "x"}, **kind).status_code == 201


def test_read_only_members_are_ignored(client: TestClient) -> None:
    """A client may send back what it has read."""
    body = {"INCIDENTNAME": "scam", "created": "junk", "lastUpdated": 7, "status": "Completed"}

    assert call(client, "PATCH", f"{ROOT}/scam", body).status_code == 201


def test_another_name_in_the_body_is_refused(client: TestClient) -> None:
    """The name in the URL is the name."""
    answer = call(client, "PATCH", f"{ROOT}/scam", {"incidentName": "other"})

    assert refusal(answer) == (400, "InvalidRequestBody", "incidentName")
    assert call(client, "GET", f"{ROOT}/scam").status_code == 404


@pytest.mark.parametrize("member", ["description", "incidentDefinition"])
def test_texts_of_an_incident_are_limited(client: TestClient, member: str) -> None:
    """1,024 code points are accepted, also outside the basic plane; one more is refused."""
    fits = call(client, "PATCH", f"{ROOT}/scam", {member: "🎈" * 1024})
    too_long = call(client, "PATCH", f"{ROOT}/scam", {member: "x" * 1025})

    assert fits.json()[member] == "🎈" * 1024
    assert refusal(too_long) == (400, "InvalidRequestBody", member)


@pytest.mark.parametrize("name", ["a", "A.b_c~d-9", "-", "x" * 64])
def test_good_names_are_accepted(client: TestClient, name: str) -> None:
    """Letters, digits and . _ ~ - in any place, 1 to 64 of them."""
    assert call(client, "PATCH", f"{ROOT}/{name}", {}).status_code == 201


@pytest.mark.parametrize("name", ["x" * 65, "a%20b", "a%2Bb", "caf%C3%A9", "operations"])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_bad_names_are_refused(client: TestClient, name: str, method: str) -> None:
    """Every operation refuses a name that no incident can have."""
    answer = call(client, method, f"{ROOT}/{name}", {} if method == "PATCH" else None)

    assert refusal(answer) == (400, "InvalidResourceName", "incidentName")


def test_incidents_come_in_pages(client: TestClient) -> None:
    """Newest first; top caps the whole, the last page has no link."""
    for name in ("a", "b", "c"):
        call(client, "PATCH", f"{ROOT}/{name}", {})
    first = call(client, "GET", f"{ROOT}?top=2&maxpagesize=1").json()
    link = first["nextLink"]
    second = client.get(link).json()

    assert [item["incidentName"] for item in first["value"] + second["value"]] == ["c", "b"]
    assert link == f"https://safety.example.org{ROOT}?top=1&skip=1&maxpagesize=1&api-version={VERSION}"
    assert "nextLink" not in second


def test_an_empty_list_is_a_list(client: TestClient) -> None:
    """Without incidents the value is there, and empty."""
    assert call(client, "GET", ROOT).json() == {"value": []}


def test_delete_answers_204_whether_it_was_there_or_not(client: TestClient) -> None:
    """What is to be gone is gone."""
    call(client, "PATCH", f"{ROOT}/scam", {})
    answers = [call(client, "DELETE", f"{ROOT}/scam") for _ in range(2)]

    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b""), (204, b"")]
    assert refusal(call(client, "GET", f"{ROOT}/scam")) == (404, "ResourceNotFound", "incidentName")


def test_a_hundred_incidents_are_kept(client: TestClient) -> None:
    """The hundredth incident is accepted, the next one refused with the limit in the message."""
    statuses = [call(client, "PATCH", f"{ROOT}/incident-{number}", {}).status_code for number in range(101)]
    page = call(client, "GET", f"{ROOT}?maxpagesize=1000").json()

    assert statuses == [201] * 100 + [400]
    assert len(page["value"]) == 100


@pytest.mark.parametrize(
    ("method", "tail", "body"),
    [
        ("GET", "", None),
        ("GET", "/incidentSamples", None),
        ("GET", "/incidentSamples/some-id", None),
        ("POST", ":addIncidentSamples", {"incidentSamples": [{"text": "x"}]}),
        ("POST", ":removeIncidentSamples", {"incidentSampleIds": ["x"]}),
        ("POST", ":deploy", None),
    ],
)
def test_an_unknown_incident_is_not_found(client: TestClient, method: str, tail: str, body: object) -> None:
    """Every operation but PATCH and DELETE needs the incident."""
    answer = call(client, method, f"{ROOT}/absent{tail}", body)

    assert refusal(answer) == (404, "ResourceNotFound", "incidentName")
