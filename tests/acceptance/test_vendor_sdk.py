"""The vendor's own Python client, pointed at a live server."""

import pytest
from azure.ai.contentsafety import BlocklistClient, ContentSafetyClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
from azure.core.rest import HttpRequest, HttpResponse

from tests.acceptance.live_server import KEY, LiveServer
from tests.acceptance.samples import TICKET_PARAPHRASES, TICKET_SAMPLES

VERSION = "2024-09-15-preview"


def send(client: ContentSafetyClient, method: str, route: str, body: object = None) -> HttpResponse:
    """Send a request through the client's pipeline."""
    request = HttpRequest(method, route, params={"api-version": VERSION}, json=body)
    return client.send_request(request)


@pytest.fixture
def client(server: LiveServer) -> ContentSafetyClient:
    """Return the vendor's client with the endpoint changed and nothing else."""
    return ContentSafetyClient(server.endpoint, AzureKeyCredential(KEY))


def test_an_incident_lives_and_matches_through_the_sdk(client: ContentSafetyClient) -> None:
    """The 2025 flow with deploy and detectIncidents runs through `send_request`."""
    name = "sdk-tickets"
    created = send(client, "PATCH", f"/text/incidents/{name}", {"incidentDefinition": "Ticket scams"})
    added = send(
        client,
        "POST",
        f"/text/incidents/{name}:addIncidentSamples",
        {"IncidentSamples": [{"Text": text} for text in TICKET_SAMPLES]},
    )
    deployed = send(client, "POST", f"/text/incidents/{name}:deploy")
    operation = client.send_request(HttpRequest("GET", deployed.headers["Operation-Location"]))
    found = send(
        client, "POST", "/text:detectIncidents", {"text": TICKET_PARAPHRASES[0], "incidentNames": [name]}
    )
    deleted = send(client, "DELETE", f"/text/incidents/{name}")

    assert [created.status_code, added.status_code, deployed.status_code] == [201, 200, 202]
    assert operation.json()["status"] == "Succeeded"
    assert found.json() == {"incidentMatches": [{"incidentName": name}]}
    assert deleted.status_code == 204


def test_a_wrong_key_raises_the_clients_own_authentication_error(server: LiveServer) -> None:
    """The client recognises the 401 and can read its code."""
    client = ContentSafetyClient(server.endpoint, AzureKeyCredential("wrong"))

    with pytest.raises(ClientAuthenticationError) as caught:
        client.analyze_text({"text": "hello"})

    assert caught.value.error is not None
    assert caught.value.error.code == "401"


def test_errors_arrive_with_code_and_message(client: ContentSafetyClient) -> None:
    """The client reads the error envelope into `error`."""
    with pytest.raises(HttpResponseError) as caught:
        client.analyze_text({"text": ""})

    assert caught.value.error is not None
    assert caught.value.error.code == "InvalidRequestBody"
    assert "text" in caught.value.error.message


def test_an_endpoint_with_a_trailing_slash_works(server: LiveServer) -> None:
    """The portal shows endpoints with a slash at the end; the doubled slash is tolerated."""
    client = ContentSafetyClient(server.endpoint + "/", AzureKeyCredential(KEY))

    answer = send(client, "GET", "/text/incidents")

    assert answer.status_code == 200


def test_paging_follows_next_link(server: LiveServer) -> None:
    """Three items in pages of one: the client's way of following `nextLink` sees each once."""
    client = ContentSafetyClient(server.endpoint, AzureKeyCredential(KEY))
    names = ["page-a", "page-b", "page-c"]
    for name in names:
        send(client, "PATCH", f"/text/incidents/{name}", {})

    seen: list[str] = []
    url = f"/text/incidents?maxpagesize=1&api-version={VERSION}"
    while url:
        page = client.send_request(HttpRequest("GET", url)).json()
        seen += [item["incidentName"] for item in page["value"]]
        url = page.get("nextLink", "")
    for name in names:
        send(client, "DELETE", f"/text/incidents/{name}")

    assert [name for name in seen if name in names] == names[::-1]
    assert BlocklistClient is not None
