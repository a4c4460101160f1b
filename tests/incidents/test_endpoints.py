"""The protocol's operations on text incidents, over HTTP."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from quell.errors import TooManyRequests
from tests.house import House

ROOT = "/contentsafety/text/incidents"
VERSION = "2024-09-15-preview"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z")


def call(client: TestClient, method: str, path: str, body: object = None, **headers: str) -> Response:
    """Send one request."""
    content: dict[str, Any] = {} if body is None else {"json": body}
    separator = "&" if "?" in path else "?"
    return client.request(method, f"{path}{separator}api-version={VERSION}", headers=headers, **content)


def refusal(answer: Response) -> tuple[int, str, str | None]:
    """Return status, code and target of an error."""
    error = answer.json()["error"]
    return answer.status_code, error["code"], error.get("target")


def add(client: TestClient, name: str, *texts: str) -> list[str]:
    """Make an incident with samples; return their ids."""
    call(client, "PATCH", f"{ROOT}/{name}", {})
    body = {"incidentSamples": [{"text": text} for text in texts]}
    answer = call(client, "POST", f"{ROOT}/{name}:addIncidentSamples", body)
    assert answer.status_code == 200, answer.text
    return [sample["incidentSampleId"] for sample in answer.json()["incidentSamples"]]


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


@pytest.mark.parametrize("body", [None, {}, {"incidentName": None}])
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


def test_added_samples_come_back_with_ids(client: TestClient) -> None:
    """The answer echoes the texts in order; one sample and the list have the same form."""
    ids = add(client, "scam", "front row", "gift card")
    one = call(client, "GET", f"{ROOT}/scam/incidentSamples/{ids[0]}").json()
    listed = call(client, "GET", f"{ROOT}/scam/incidentSamples").json()

    assert one == {"incidentSampleId": ids[0], "text": "front row"}
    assert listed == {"value": [{"incidentSampleId": ids[1], "text": "gift card"}, one]}


def test_members_are_found_in_any_case(client: TestClient) -> None:
    """Published examples write IncidentSamples and IncidentSampleIds."""
    call(client, "PATCH", f"{ROOT}/scam", {})
    body = {"IncidentSamples": [{"Text": "front row", "incidentSampleId": "ignored"}]}
    added = call(client, "POST", f"{ROOT}/scam:addIncidentSamples", body)
    ids = [sample["incidentSampleId"] for sample in added.json()["incidentSamples"]]
    removed = call(client, "POST", f"{ROOT}/scam:removeIncidentSamples", {"IncidentSampleIds": ids})

    assert (added.status_code, removed.status_code, removed.content) == (200, 204, b"")
    assert call(client, "GET", f"{ROOT}/scam/incidentSamples").json() == {"value": []}


@pytest.mark.parametrize(
    ("samples", "target"),
    [
        (None, "incidentSamples"),
        ([], "incidentSamples"),
        ([{}], "incidentSamples[0].text"),
        ([{"text": ""}], "incidentSamples[0].text"),
        ([{"text": "fine"}, {"text": " \n\t"}], "incidentSamples[1].text"),
        ([{"text": "\u200b\u200d"}], "incidentSamples[0].text"),
        ([{"text": None}], "incidentSamples[0].text"),
        ([{"text": 7}], "incidentSamples[0].text"),
        ([{"text": "x" * 1025}], "incidentSamples[0].text"),
        ([{"text": "x", "image": {}}], "incidentSamples[0].image"),
        ([{"text": "x"}] * 101, "incidentSamples"),
    ],
)
def test_bad_samples_are_refused(client: TestClient, samples: object, target: str) -> None:
    """The error names the field at fault, and nothing is added."""
    call(client, "PATCH", f"{ROOT}/scam", {})
    body = {} if samples is None else {"incidentSamples": samples}
    answer = call(client, "POST", f"{ROOT}/scam:addIncidentSamples", body)

    assert refusal(answer) == (400, "InvalidRequestBody", target)
    assert call(client, "GET", f"{ROOT}/scam/incidentSamples").json() == {"value": []}


def test_the_largest_call_is_accepted(client: TestClient) -> None:
    """100 samples of 1,024 code points each, added and removed in one call each."""
    ids = add(client, "scam", *("🎈" * 1023 + chr(0x1F600 + number % 50) for number in range(100)))
    removed = call(client, "POST", f"{ROOT}/scam:removeIncidentSamples", {"incidentSampleIds": ids})

    assert (len(set(ids)), removed.status_code) == (100, 204)


def test_an_incident_takes_a_thousand_samples(client: TestClient) -> None:
    """The thousandth sample is accepted, the next one refused with the limit in the message."""
    for part in range(10):
        add(client, "scam", *(f"sample {part} {number}" for number in range(100)))
    answer = call(client, "POST", f"{ROOT}/scam:addIncidentSamples", {"incidentSamples": [{"text": "more"}]})

    assert refusal(answer) == (400, "InvalidRequestBody", "incidentSamples")
    assert "limit of 1000 samples" in answer.json()["error"]["message"]


def test_a_hundred_incidents_are_kept(client: TestClient) -> None:
    """The hundredth incident is accepted, the next one refused with the limit in the message."""
    statuses = [call(client, "PATCH", f"{ROOT}/incident-{number}", {}).status_code for number in range(101)]
    page = call(client, "GET", f"{ROOT}?maxpagesize=1000").json()

    assert statuses == [201] * 100 + [400]
    assert len(page["value"]) == 100


@pytest.mark.parametrize(
    ("ids", "status", "target"),
    [
        (None, 400, "incidentSampleIds"),
        ([], 400, "incidentSampleIds"),
        ([7], 400, "incidentSampleIds[0]"),
        (["x"] * 101, 400, "incidentSampleIds"),
        (["unknown"], 404, "incidentSampleIds[0]"),
    ],
)
def test_bad_removals_are_refused(client: TestClient, ids: object, status: int, target: str) -> None:
    """Malformed lists are 400, unknown ids 404."""
    add(client, "scam", "front row")
    body = {} if ids is None else {"incidentSampleIds": ids}
    answer = call(client, "POST", f"{ROOT}/scam:removeIncidentSamples", body)

    assert refusal(answer)[::2] == (status, target)


@pytest.mark.parametrize(("length", "status"), [(64, 404), (65, 400)])
def test_sample_ids_in_urls_have_64_characters_at_most(client: TestClient, length: int, status: int) -> None:
    """An id that may exist is not found, one that cannot exist is refused."""
    call(client, "PATCH", f"{ROOT}/scam", {})

    assert call(client, "GET", f"{ROOT}/scam/incidentSamples/{'x' * length}").status_code == status


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
