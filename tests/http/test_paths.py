"""Paths as clients write them."""

import pytest
from fastapi.testclient import TestClient
from tests.http.toy import PREVIEW

from quell.http.operations import load_operations
from quell.http.paths import RouteMap

V = f"api-version={PREVIEW}"


@pytest.mark.parametrize(
    "path",
    [
        f"/contentsafety/text/incidents/My.Name~1?{V}",
        f"//contentsafety/text/incidents/My.Name~1?{V}",
        f"/contentsafety//text///incidents/My.Name~1/?{V}",
        f"/ContentSafety/TEXT/Incidents/My.Name~1?{V}",
        f"/contentsafety/text/incidents/My%2EName%7e1?{V}",
        f"/contentsafety/text/incidents/My.Name~1?API-Version={PREVIEW}&",
    ],
)
def test_literals_are_read_leniently_and_names_kept(client: TestClient, path: str) -> None:
    """Slashes, case of literals and escapes do not matter; the name arrives as it was written."""
    answer = client.get(f"http://testserver{path}")

    assert answer.json().get("incidentName") == "My.Name~1"


@pytest.mark.parametrize("verb", [":deploy", "%3Adeploy", "%3adeploy", ":DEPLOY"])
def test_a_custom_verb_may_be_escaped(client: TestClient, verb: str) -> None:
    """%3A is a colon, and verbs are literals."""
    answer = client.post(f"/contentsafety/text/incidents/a-b{verb}?{V}")

    assert answer.json() == {"deployed": "a-b"}


def test_the_wrong_method_is_404_and_says_the_right_ones(client: TestClient) -> None:
    """A known path with another method is the gateway's 404 with Allow."""
    answer = client.put(f"/contentsafety/text/incidents/a?{V}")

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "404")
    assert answer.headers["Allow"] == "DELETE, GET, PATCH"


def test_a_verb_is_never_taken_for_a_part_of_a_name(client: TestClient) -> None:
    """GET of a POST verb is refused and does not read a resource called x:deploy."""
    answer = client.get(f"/contentsafety/text/incidents/x:deploy?{V}")

    assert (answer.status_code, answer.headers["Allow"]) == (404, "POST")


@pytest.mark.parametrize(
    "path",
    [
        "/contentsafety",
        "/",
        "/text:analyze",
        "/contentsafety/text/incidents/a:unknown",
        "/contentsafety/text/incidents/a/b/c/d",
        "/contentsafety/text:analyze:deploy",
        "/contentsafety/:analyze",
        "/contentsafety/text/incident",
        "/docs",
        "/contentsafety/" + "a/" * 500,
    ],
)
def test_unknown_routes_are_404(client: TestClient, path: str) -> None:
    """What the table does not have is the gateway's 404 without Allow."""
    answer = client.get(f"{path}?{V}")

    assert (answer.status_code, answer.json()["error"]["message"]) == (404, "Resource not found")
    assert "Allow" not in answer.headers


def test_an_escaped_slash_is_a_bad_name(client: TestClient) -> None:
    """%2F cannot smuggle a segment into a name."""
    answer = client.get(f"/contentsafety/text/incidents/a%2FincidentSamples?{V}")

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "InvalidResourceName")


@pytest.mark.parametrize("name", ["a%20b", "%FF%FE", "%00", "a%0A", "%E2%80%8B", "a%25b", "operations"])
def test_odd_names_are_refused_and_not_an_error_of_ours(client: TestClient, name: str) -> None:
    """Names that break the pattern are 400 InvalidResourceName, bytes that are no UTF-8 too."""
    answer = client.patch(f"/contentsafety/text/incidents/{name}?{V}", json={})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "InvalidResourceName")


@pytest.mark.parametrize("row", load_operations().routed, ids=lambda row: row.id)
def test_every_route_of_the_table_finds_its_operation(row: object) -> None:
    """A path made from a row's template, in capitals, is found as that row."""
    operation = next(one for one in load_operations().routed if one == row)
    segments = [
        part if part.startswith("{") else part.upper() for part in operation.path.strip("/").split("/")
    ]
    segments = [part.replace("{", "N-").replace("}", "") for part in segments]

    found = RouteMap(load_operations().routed).match(segments)

    first = next(one for _, one in found if one.method == operation.method)
    assert first == operation
