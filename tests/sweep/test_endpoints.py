"""Sweeps on the wire."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from quell.http.auth import NoAuthentication
from quell.http.operations import load_operations
from quell.http.pipeline import create_edge
from quell.sweep.assembly import routers
from tests.sweep.stored import COUNT, HITS, Stored

ROOT = "/quell/sweeps"
BODY = {"source": "posts.jsonl", "blocklistNames": ["words"]}


@pytest.fixture
def client(stored: Stored) -> Iterator[TestClient]:
    """Return a client of the sweeps' routes."""
    app = FastAPI()
    for router in routers(stored.service):
        app.include_router(router)
    edge = create_edge(app, operations=load_operations(), authenticator=NoAuthentication())
    with TestClient(edge, base_url="https://safety.example.org") as made:
        yield made


def test_a_sweep_from_start_to_deletion(client: TestClient, stored: Stored) -> None:
    """Start, follow, read the hits by pages, delete."""
    started = client.post(ROOT, json=BODY)
    waiting = client.get(started.headers["Location"]).json()
    stored.worker().run_next()
    done = client.get(f"{ROOT}/{waiting['id']}").json()
    page = client.get(f"{ROOT}/{waiting['id']}/hits?maxpagesize=100").json()
    rest = client.get(page["nextLink"]).json()
    listed = client.get(ROOT).json()["value"]
    gone = client.delete(f"{ROOT}/{waiting['id']}")

    assert (started.status_code, waiting["status"], waiting["progress"]) == (202, "NotStarted", 0.0)
    assert (done["status"], done["progress"], done["rowCount"], done["hitCount"]) == (
        "Succeeded",
        1.0,
        COUNT,
        len(HITS),
    )
    assert done["hits"] == [{"kind": "blocklist", "name": "words", "hits": len(HITS)}]
    assert [hit["row"] for hit in page["value"] + rest["value"]] == HITS
    assert page["value"][0]["why"] == "gold"
    assert [one["id"] for one in listed] == [waiting["id"]]
    assert gone.status_code == 204
    assert client.get(f"{ROOT}/{waiting['id']}").status_code == 404


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"source": None}, 400, "source"),
        ({"source": ""}, 400, "source"),
        ({"source": "x" * 2049}, 400, "source"),
        ({"source": "/etc/passwd"}, 400, "source"),
        ({"source": "file:///etc/passwd"}, 400, "source"),
        ({"source": "../data"}, 400, "source"),
        ({"source": "http://169.254.169.254/latest"}, 400, "source"),
        ({"source": "az://container/x"}, 400, "source"),
        ({"blocklistNames": []}, 400, None),
        ({"blocklistNames": ["absent"]}, 404, "blocklists"),
        ({"incidentNames": ["absent"]}, 404, "incidents"),
        ({"incidentNames": "words"}, 400, "incidentNames"),
        ({"incidentNames": ["x"] * 101}, 400, "incidentNames"),
        ({"categories": ["Spam"]}, 400, "categories"),
        ({"categories": ["Drugs"]}, 400, "categories"),
        ({"severity": 3}, 400, "severity"),
        ({"format": "xml"}, 400, "format"),
        ({"imageIncidentNames": ["any"]}, 400, "imageIncidentNames"),
        ({"folder": "/"}, 400, "folder"),
    ],
)
def test_bad_requests_name_the_field(
    client: TestClient, change: dict[str, Any], status: int, field: str | None
) -> None:
    """And nothing is started."""
    answer = client.post(ROOT, json={**BODY, **change})

    error = answer.json()["error"]
    assert (answer.status_code, (error.get("target") or "").split("[")[0]) == (status, field or "")
    assert client.get(ROOT).json()["value"] == []


@pytest.mark.parametrize("path", ["", "/hits"])
def test_a_sweep_that_is_not_there_is_not_found(client: TestClient, path: str) -> None:
    """And an id that cannot be one is refused."""
    assert client.get(f"{ROOT}/absent{path}").status_code == 404
    assert client.get(f"{ROOT}/..%2f..{path}").status_code in {400, 404}
    assert client.delete(f"{ROOT}/absent").status_code == 204
