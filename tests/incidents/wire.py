"""How the tests of the feature talk to its protocol."""

from typing import Any

from fastapi.testclient import TestClient
from httpx import Response

ROOT = "/contentsafety/text/incidents"
VERSION = "2024-09-15-preview"


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
