"""The how-to page's `curl` calls, run by a shell against a live server."""

import json
import shutil
import subprocess

from tests.acceptance.live_server import KEY, LiveServer
from tests.acceptance.samples import TICKET_PARAPHRASES, TICKET_SAMPLES

NAME = "curl-tickets"


def curl(server: LiveServer, *arguments: str, route: str) -> tuple[int, dict[str, object]]:
    """Run curl as the page does; return the status and the decoded body."""
    program = shutil.which("curl")
    assert program, "curl is part of what this project is tested with: install it"
    url = f"{server.endpoint}/contentsafety/{route}?api-version=2024-04-15-preview%20"
    command = [program, "--silent", "--write-out", "\n%{http_code}", "--location", *arguments, url]
    command += ["--header", f"Ocp-Apim-Subscription-Key: {KEY}", "--header", "Content-Type: application/json"]
    output = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    body, _, status = output.rpartition("\n")
    return int(status), json.loads(body) if body else {}


def test_the_curl_calls_of_the_page_work(server: LiveServer) -> None:
    """Create, add samples, analyze and delete by curl, with the page's options."""
    description = json.dumps({"incidentName": NAME, "description": "string"})
    samples = json.dumps({"incidentSamples": [{"text": text} for text in TICKET_SAMPLES]})
    question = json.dumps(
        {"text": TICKET_PARAPHRASES[0], "incidents": {"incidentNames": [NAME], "haltOnIncidentHit": True}}
    )

    created, _ = curl(server, "--request", "PATCH", "--data", description, route=f"text/incidents/{NAME}")
    added, _ = curl(server, "--data-raw", samples, route=f"text/incidents/{NAME}:addIncidentSamples")
    status, answer = curl(server, "--data", question, route="text:analyze")
    deleted, _ = curl(server, "--request", "DELETE", route=f"text/incidents/{NAME}")

    assert (created, added, status, deleted) == (201, 200, 200, 204)
    assert answer["incidentMatches"] == [{"incidentName": NAME}]
