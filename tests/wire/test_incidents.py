"""Text incidents by the contract (B, O.1 to O.6): limits on both sides, merge patch, deployment."""

import httpx
import pytest
from fastapi.testclient import TestClient

from tests.wire.app import BASE, INCIDENTS, PREVIEW, TEXT, add_incident, call, refusal

DETECT = "/contentsafety/text:detectIncidents"
ASTRAL = "\U0001f39f"
BEFORE_DEPLOYMENT = "2024-02-15-preview"


def fields(answer: httpx.Response) -> dict[str, object]:
    """Return the members of an incident that a client can set."""
    return {name: value for name, value in answer.json().items() if name not in {"created", "lastUpdated"}}


@pytest.mark.parametrize("version", ["2024-04-15-preview", "2024-04-15-preview%20"])
def test_the_how_to_page_from_end_to_end(client: TestClient, version: str) -> None:
    """The calls of the page in order, with the answers that the contract gives them."""
    one = f"{INCIDENTS}/fake-tickets"
    made = call(client, "PATCH", one, {"incidentName": "fake-tickets", "description": "string"}, version)
    samples = {"incidentSamples": [{"text": TEXT}, {"text": "two passes left"}]}
    added = call(client, "POST", f"{one}:addIncidentSamples", samples, version)
    asked = {"text": TEXT, "incidents": {"incidentNames": ["fake-tickets"], "haltOnIncidentHit": True}}
    judged = call(client, "POST", "/contentsafety/text:analyze", asked, version)
    listed = call(client, "GET", INCIDENTS, version=version)
    read = call(client, "GET", f"{one}/incidentSamples", version=version)
    ids = [sample["incidentSampleId"] for sample in added.json()["incidentSamples"]]
    single = call(client, "GET", f"{one}/incidentSamples/{ids[0]}", version=version)
    removed = call(client, "POST", f"{one}:removeIncidentSamples", {"incidentSampleIds": ids}, version)
    deleted = call(client, "DELETE", one, version=version)

    statuses = [one.status_code for one in (made, added, judged, listed, read, single, removed, deleted)]
    assert statuses == [201, 200, 200, 200, 200, 200, 204, 204]
    assert made.headers["Location"] == f"{BASE}{one}?api-version=2024-04-15-preview"
    assert judged.json() == {
        "blocklistsMatch": [],
        "categoriesAnalysis": [],
        "incidentMatches": [{"incidentName": "fake-tickets"}],
    }
    assert [sample["text"] for sample in read.json()["value"]] == ["two passes left", TEXT]
    assert single.json() == {"incidentSampleId": ids[0], "text": TEXT}


@pytest.mark.parametrize("version", [BEFORE_DEPLOYMENT, PREVIEW])
def test_the_later_flow_from_end_to_end(client: TestClient, version: str) -> None:
    """Capital members, a lower-case path, :deploy without a body, and :detectIncidents."""
    one = f"{INCIDENTS}/fake-tickets"
    call(client, "PATCH", one, {"IncidentName": "fake-tickets", "incidentdefinition": "tickets"}, version)
    call(client, "POST", f"{one}:addIncidentSamples", {"IncidentSamples": [{"Text": TEXT}]}, version)
    deployed = call(client, "POST", f"{one}:deploy", version=version)
    status = client.get(deployed.headers["Operation-Location"])
    matches = call(client, "POST", DETECT, {"text": TEXT, "incidentNames": ["fake-tickets"]}, version)
    samples = call(client, "GET", f"{one}/incidentsamples", version=version)

    assert (deployed.status_code, deployed.json()["status"]) == (202, "NotStarted")
    assert status.json() == {"id": deployed.headers["Operation-Id"], "status": "Succeeded"}
    assert matches.json() == {"incidentMatches": [{"incidentName": "fake-tickets"}]}
    assert len(samples.json()["value"]) == 1


def test_merge_patch(client: TestClient) -> None:
    """Absent is unchanged, null removes, read-only members are ignored, creation is told once."""
    one = f"{INCIDENTS}/a"
    both = {"description": "d", "incidentDefinition": "i", "created": "string", "lastUpdated": 0}
    made = call(client, "PATCH", one, both)
    kept = call(client, "PATCH", one, {"incidentDefinition": "j"})
    removed = call(client, "PATCH", one, {"description": None})

    assert [made.status_code, kept.status_code, removed.status_code] == [201, 200, 200]
    assert "Location" not in kept.headers
    assert fields(kept) == {"incidentName": "a", "description": "d", "incidentDefinition": "j"}
    assert fields(removed) == {"incidentName": "a", "incidentDefinition": "j"}
    assert made.json()["created"] == removed.json()["created"]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("a", 201),
        ("A.b_c~d-9", 201),
        ("-", 201),
        ("a" * 64, 201),
        ("a" * 65, 400),
        ("a b", 400),
        ("a%00", 400),
        ("a%0Ab", 400),
        ("a%2Fb", 400),
        ("%C3%A9", 400),
        ("%FF", 400),
        ("operations", 400),
        ("Operations", 400),
    ],
)
def test_names_of_incidents(client: TestClient, name: str, status: int) -> None:
    """1 to 64 of the pattern; the reserved word is refused."""
    answer = call(client, "PATCH", f"{INCIDENTS}/{name}", {})

    assert answer.status_code == status
    if status == 400:
        assert refusal(answer) == (400, "InvalidResourceName")


@pytest.mark.parametrize("letter", ["a", "é", ASTRAL])
def test_lengths_count_code_points(client: TestClient, letter: str) -> None:
    """1,024 of a definition and a sample and 10,000 of a text are accepted, one more of each is refused."""
    add_incident(client, "a", TEXT)

    for number, status in ((1024, 200), (1025, 400)):
        for member in ("description", "incidentDefinition"):
            assert call(client, "PATCH", f"{INCIDENTS}/a", {member: letter * number}).status_code == status
        sample = {"incidentSamples": [{"text": letter * number}]}
        assert call(client, "POST", f"{INCIDENTS}/a:addIncidentSamples", sample).status_code == status
    for number, status in ((10_000, 200), (10_001, 400)):
        asked = {"text": letter * number, "incidentNames": ["a"]}
        assert call(client, "POST", DETECT, asked).status_code == status


@pytest.mark.parametrize(
    ("samples", "status"),
    [
        ([{"text": "t"}] * 100, 200),
        ([{"text": "t"}] * 101, 400),
        ([], 400),
        ([{}], 400),
        ([{"text": ""}], 400),
        ([{"text": " \t\u200b"}], 400),
        ([{"text": None}], 400),
        ([{"text": 1}], 400),
        ([{"text": "t", "incidentSampleId": "mine"}], 200),
        ([{"text": "t", "weight": 1}], 400),
        (None, 400),
        ({"text": "t"}, 400),
    ],
)
def test_samples_of_a_call(client: TestClient, samples: object, status: int) -> None:
    """1 to 100 with a text that is not blank; ids are the service's; none is added when one is refused."""
    add_incident(client, "a", TEXT)

    answer = call(client, "POST", f"{INCIDENTS}/a:addIncidentSamples", {"incidentSamples": samples})

    assert answer.status_code == status, answer.text
    left = call(client, "GET", f"{INCIDENTS}/a/incidentSamples?maxpagesize=1000").json()["value"]
    assert len(left) == 1 + (len(answer.json()["incidentSamples"]) if status == 200 else 0)
    assert "mine" not in [sample["incidentSampleId"] for sample in left]


@pytest.mark.parametrize(
    ("operation_id", "status"),
    [
        ("a", 202),
        ("0-9", 202),
        ("a" * 64, 202),
        ("", 202),
        ("a" * 65, 400),
        ("-a", 400),
        ("a-", 400),
        ("a_b", 400),
        ("a.b", 400),
    ],
)
def test_ids_of_operations(client: TestClient, operation_id: str, status: int) -> None:
    """Letters, digits and inner hyphens, 1 to 64; the empty header of the console is none."""
    add_incident(client, "a", TEXT)

    answer = call(client, "POST", f"{INCIDENTS}/a:deploy", headers={"Operation-Id": operation_id})

    assert answer.status_code == status
    if status == 202:
        assert answer.headers["Operation-Id"] == answer.json()["id"]
        assert answer.headers["Operation-Id"] == operation_id or not operation_id


def test_an_operation_id_means_one_request(client: TestClient) -> None:
    """The same id for the same incident is the same operation, for another one it is refused."""
    add_incident(client, "a", TEXT)
    add_incident(client, "b", TEXT)
    answers = [
        call(client, "POST", f"{INCIDENTS}/{name}:deploy", headers={"Operation-Id": "mine"}) for name in "aab"
    ]

    assert [answer.status_code for answer in answers] == [202, 202, 400]
    assert refusal(call(client, "GET", f"{INCIDENTS}/operations/none")) == (404, "ResourceNotFound")


def test_an_incident_without_samples_fails_to_deploy(client: TestClient) -> None:
    """The operation says so under both of the names that the sources give the member."""
    call(client, "PATCH", f"{INCIDENTS}/a", {})
    deployed = call(client, "POST", f"{INCIDENTS}/a:deploy", {})
    status = client.get(deployed.headers["Operation-Location"]).json()

    assert status["status"] == "Failed"
    assert status["error"]["code"] == status["errorMessage"]["code"] == "InvalidRequestBody"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "", None, 404),
        ("DELETE", "", None, 204),
        ("POST", ":addIncidentSamples", {"incidentSamples": [{"text": "t"}]}, 404),
        ("POST", ":removeIncidentSamples", {"incidentSampleIds": ["x"]}, 404),
        ("POST", ":deploy", None, 404),
        ("GET", "/incidentSamples", None, 404),
        ("GET", "/incidentSamples/x", None, 404),
    ],
)
def test_an_unknown_incident(client: TestClient, method: str, path: str, body: object, status: int) -> None:
    """It is not found, except by a DELETE, which is content."""
    answer = call(client, method, f"{INCIDENTS}/none{path}", body)

    assert answer.status_code == status
    if status == 404:
        assert refusal(answer) == (404, "ResourceNotFound")


def test_removing_is_all_or_nothing(client: TestClient) -> None:
    """An unknown id refuses the call; 100 ids are read, 101 and none are not."""
    ids = add_incident(client, "a", TEXT, "two")
    path = f"{INCIDENTS}/a:removeIncidentSamples"

    assert refusal(call(client, "POST", path, {"incidentSampleIds": [ids[0], "x"]})) == (
        404,
        "ResourceNotFound",
    )
    assert refusal(call(client, "POST", path, {"incidentSampleIds": []})) == (400, "InvalidRequestBody")
    assert refusal(call(client, "POST", path, {"incidentSampleIds": ids * 51}))[0] == 400
    assert len(call(client, "GET", f"{INCIDENTS}/a/incidentSamples").json()["value"]) == 2
    assert call(client, "POST", path, {"incidentSampleIds": ids * 50}).status_code == 204
