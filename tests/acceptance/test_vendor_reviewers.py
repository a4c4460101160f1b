"""Auto reviewers through the vendor's own Python client, which lets requests of all kinds through."""

import json
import time

import pytest
from azure.ai.contentsafety import ContentSafetyClient
from azure.core.credentials import AzureKeyCredential
from azure.core.rest import HttpRequest, HttpResponse

from tests.acceptance.live_server import KEY, LiveServer
from tests.acceptance.reviewing import LABELS, PATIENCE, RECIPE, TICKET, VERSION

ROUTE = "/text/autoReviewers/sdk-forum"
JUNK = {
    "autoReviewerName": "sdk-forum",
    "exampleBlobUrl": "",
    "blobDelimiter": "",
    "exampleBlobCopyUrl": "string",
    "version": 0,
    "createdTime": "string",
    "status": "NotStarted",
    "error": "string",
}


@pytest.fixture
def client(server: LiveServer) -> ContentSafetyClient:
    """Return the vendor's client with the endpoint changed and nothing else."""
    return ContentSafetyClient(server.endpoint, AzureKeyCredential(KEY))


def send(
    client: ContentSafetyClient, method: str, route: str, body: object = None, **options: object
) -> HttpResponse:
    """Send a request through the client's pipeline."""
    params = {**VERSION, **dict(options.pop("params", {}))}  # type: ignore[call-overload]
    return client.send_request(HttpRequest(method, route, params=params, json=body, **options))


def wait(client: ContentSafetyClient, location: str) -> dict[str, str]:
    """Follow an operation to its end, as often as it says."""
    waited = 0.0
    while True:
        answer = client.send_request(HttpRequest("GET", location))
        if answer.json()["status"] in ("Succeeded", "Failed"):
            return dict(answer.json())
        assert waited < PATIENCE
        seconds = float(answer.headers["Retry-After"])
        time.sleep(seconds)
        waited += seconds


def test_a_policy_lives_through_the_sdk(client: ContentSafetyClient) -> None:
    """The console's own request, twice; reading, listing, reviewing, deleting one version and all."""
    first = send(client, "PUT", ROUTE, {**JUNK, "labels": LABELS}, headers={"Operation-Id": ""})
    second = send(client, "PUT", ROUTE, {"labels": LABELS}, headers={"Operation-Id": "sdk-second"})
    operations = [wait(client, made.headers["Operation-Location"]) for made in (first, second)]
    latest = send(client, "GET", ROUTE).json()
    one = send(client, "GET", ROUTE, params={"version": "1"}).json()
    listed = send(client, "GET", "/text/autoReviewers").json()["value"]
    reviews = [
        send(client, "POST", "/text:autoReview", {"text": text, "autoReviewerName": "sdk-forum"}).json()
        for text in (TICKET, RECIPE)
    ]
    deleted = send(client, "DELETE", ROUTE, params={"version": "2"})
    before = send(client, "GET", ROUTE).json()
    all_deleted = send(client, "DELETE", ROUTE)
    gone = send(client, "GET", ROUTE)

    assert (first.status_code, second.status_code) == (201, 200)
    assert (first.json()["version"], second.json()["version"]) == (1, 2)
    assert [operation["status"] for operation in operations] == ["Succeeded", "Succeeded"]
    assert operations[1]["id"] == "sdk-second"
    assert [version["version"] for version in latest["value"]] == [2]
    assert [version["version"] for version in one["value"]] == [1]
    assert [v["version"] for v in listed if v["autoReviewerName"] == "sdk-forum"] == [2]
    assert [review["labelName"] for review in reviews] == ["Tickets", "Recipes"]
    assert all(review["reasoning"] for review in reviews)
    assert (deleted.status_code, before["value"][0]["version"]) == (204, 1)
    assert (all_deleted.status_code, gone.status_code) == (204, 404)
    assert json.loads(gone.text())["error"]["code"] == "ResourceNotFound"


def test_refusals_have_the_codes_that_the_sdk_reads(client: ContentSafetyClient) -> None:
    """No label for the rest, a name that is none, a text too long."""
    no_rest = send(client, "PUT", ROUTE, {"labels": LABELS[:2]})
    bad_name = send(client, "PUT", "/text/autoReviewers/a%20b", {"labels": LABELS})
    too_long = send(client, "POST", "/text:autoReview", {"text": "a" * 1001, "autoReviewerName": "sdk-forum"})
    codes = [answer.json()["error"]["code"] for answer in (no_rest, bad_name, too_long)]

    assert codes == ["InvalidRequestBody", "InvalidResourceName", "InvalidRequestBody"]
    assert [answer.status_code for answer in (no_rest, bad_name, too_long)] == [400] * 3
