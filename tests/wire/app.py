"""The app as it is wired for service, around doubles of the models, and how the tests talk to it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

import quell.app
from quell.encoders.routing import EncoderSet
from quell.http.flood import FloodGate
from quell.settings import Settings
from tests.databases import database_url
from tests.doubles import TinyEncoder, TinyHarms, tiny_background
from tests.reviewers.bench import tiny_engine

KEY = "0123456789abcdef0123456789abcdef"
BASE = "https://safety.example.org"
PREVIEW = "2024-09-15-preview"
GA = "2024-09-01"
OLD = "2023-04-30-preview"
INCIDENTS = "/contentsafety/text/incidents"
LISTS = "/contentsafety/text/blocklists"
TEXT = "front row seats"


@contextmanager
def wired(folder: Path, **settings: Any) -> Iterator[TestClient]:
    """Serve a data folder with the app of `quell serve`; only the models are doubles."""
    with opened(folder, **settings) as (client, _):
        yield client


@contextmanager
def opened(
    folder: Path, *, gate: FloodGate | None = None, **settings: Any
) -> Iterator[tuple[TestClient, quell.app.Quell]]:
    """Serve a data folder, and give what is behind the client, too."""
    settings.setdefault("database", database_url(folder))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quell.app, "load_encoders", lambda: EncoderSet(TinyEncoder()))
        patch.setattr(
            quell.app,
            "load_backgrounds",
            lambda encoders: {name: tiny_background(encoders[name]) for name in encoders.names},
        )
        patch.setattr(quell.app, "load_harms", TinyHarms)
        # Made with the first job, so the doubles stay until the end.
        patch.setattr(quell.app, "load_reviewer_engine", tiny_engine)
        built = quell.app.build(Settings(data=folder, keys=(KEY,), **settings))
        headers = {"Ocp-Apim-Subscription-Key": KEY}
        app = quell.app.web(built, gate)
        with TestClient(app, base_url=BASE, headers=headers, follow_redirects=False) as client:
            yield client, built
        built.close()


def call(
    client: TestClient, method: str, path: str, body: object = None, version: str = PREVIEW, **options: Any
) -> httpx.Response:
    """Send one request with an api-version and, where there is one, a JSON body."""
    content: Mapping[str, Any] = {} if body is None else {"json": body}
    separator = "&" if "?" in path else "?"
    return client.request(method, f"{path}{separator}api-version={version}", **content, **options)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Return status and code of an error, after checking what every error has."""
    error = answer.json()["error"]
    assert isinstance(error["message"], str)
    assert answer.headers["x-ms-error-code"] == error["code"]
    return answer.status_code, error["code"]


def add_incident(client: TestClient, name: str, *texts: str) -> list[str]:
    """Make an incident with samples; return their ids."""
    assert call(client, "PATCH", f"{INCIDENTS}/{name}", {}).status_code == 201
    body = {"incidentSamples": [{"text": text} for text in texts]}
    answer = call(client, "POST", f"{INCIDENTS}/{name}:addIncidentSamples", body)
    assert answer.status_code == 200, answer.text
    return [sample["incidentSampleId"] for sample in answer.json()["incidentSamples"]]


def add_list(client: TestClient, name: str, *texts: str) -> list[str]:
    """Make a blocklist with items; return their ids."""
    assert call(client, "PATCH", f"{LISTS}/{name}", {}, GA).status_code == 201
    body = {"blocklistItems": [{"text": text} for text in texts]}
    answer = call(client, "POST", f"{LISTS}/{name}:addOrUpdateBlocklistItems", body, GA)
    assert answer.status_code == 200, answer.text
    return [item["blocklistItemId"] for item in answer.json()["blocklistItems"]]
