"""The calls of the service's public how-to page, as printed there, against a live server."""

import json

import requests

from tests.acceptance.live_server import KEY, LiveServer
from tests.acceptance.samples import TICKET_PARAPHRASES, TICKET_SAMPLES, UNRELATED

# The page prints a blank after the version; requests sends it as %20.
VERSION = "2024-04-15-preview "
HEADERS = {"Ocp-Apim-Subscription-Key": KEY, "Content-Type": "application/json"}


def call(server: LiveServer, method: str, route: str, body: object = None) -> requests.Response:
    """Make one call in the page's way."""
    url = f"{server.endpoint}/contentsafety/{route}?api-version={VERSION}"
    payload = json.dumps(body) if body is not None else {}
    return requests.request(method, url, headers=HEADERS, data=payload, timeout=60)


def analyze(server: LiveServer, name: str, text: str) -> requests.Response:
    """Analyze a text against one incident, halting on a hit, as the page does."""
    body = {"text": text, "incidents": {"incidentNames": [name], "haltOnIncidentHit": True}}
    return call(server, "POST", "text:analyze", body)


def test_the_page_runs_from_top_to_bottom(server: LiveServer) -> None:
    """Every text call of the page answers as the page and the contract say."""
    name = "howto-tickets"
    body = {"incidentName": name, "description": "string"}
    samples = {"incidentSamples": [{"text": text} for text in TICKET_SAMPLES]}

    created = call(server, "PATCH", f"text/incidents/{name}", body)
    updated = call(server, "PATCH", f"text/incidents/{name}", body)
    added = call(server, "POST", f"text/incidents/{name}:addIncidentSamples", samples)
    hits = [analyze(server, name, text) for text in TICKET_PARAPHRASES]
    listed = call(server, "GET", "text/incidents")
    got = call(server, "GET", f"text/incidents/{name}")
    sample_list = call(server, "GET", f"text/incidents/{name}/incidentSamples")
    sample_id = added.json()["incidentSamples"][0]["incidentSampleId"]
    sample = call(server, "GET", f"text/incidents/{name}/incidentSamples/{sample_id}")
    removed = call(
        server, "POST", f"text/incidents/{name}:removeIncidentSamples", {"incidentSampleIds": [sample_id]}
    )
    gone = call(server, "GET", f"text/incidents/{name}/incidentSamples/{sample_id}")
    deleted = call(server, "DELETE", f"text/incidents/{name}")

    assert (created.status_code, updated.status_code, added.status_code) == (201, 200, 200)
    assert "/contentsafety/text/incidents/howto-tickets" in created.headers["Location"]
    assert [hit.json()["incidentMatches"] for hit in hits] == [[{"incidentName": name}]] * len(hits)
    assert name in [incident["incidentName"] for incident in listed.json()["value"]]
    assert got.json()["description"] == "string"
    assert len(sample_list.json()["value"]) == len(TICKET_SAMPLES)
    assert sample.json() == {"incidentSampleId": sample_id, "text": TICKET_SAMPLES[0]}
    assert (removed.status_code, gone.status_code, deleted.status_code) == (204, 404, 204)


def test_other_wordings_hit_and_unrelated_texts_do_not(server: LiveServer) -> None:
    """Paraphrases of the samples match; texts about other things do not."""
    name = "howto-unrelated"
    call(server, "PATCH", f"text/incidents/{name}", {})
    call(
        server,
        "POST",
        f"text/incidents/{name}:addIncidentSamples",
        {"incidentSamples": [{"text": text} for text in TICKET_SAMPLES]},
    )

    def matches(text: str) -> list[dict[str, str]]:
        answer = call(server, "POST", "text:detectIncidents", {"text": text, "incidentNames": [name]})
        found: list[dict[str, str]] = answer.json()["incidentMatches"]
        return found

    assert [matches(text) for text in TICKET_PARAPHRASES] == [[{"incidentName": name}]] * len(
        TICKET_PARAPHRASES
    )
    assert [matches(text) for text in UNRELATED] == [[]] * len(UNRELATED)
