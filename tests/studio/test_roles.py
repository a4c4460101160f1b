"""What a key may not do, its pages may not, whatever they ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.testclient import TestClient

from quell.database.migrate import migrate
from quell.database.opening import open_database
from quell.errors import AccessDenied
from quell.http.auth import KEY_HEADER, SubscriptionKeys
from quell.http.operations import load_operations
from quell.http.pipeline import create_edge
from quell.http.principals import Principal, Refusal
from quell.studio.gate import TOKEN_HEADER, Studio
from quell.studio.sessions import Sessions
from tests.databases import database_url
from tests.doubles import StepClock
from tests.studio.test_gate import BASE, KEY, sign_in

INCIDENTS = "/studio/api/contentsafety/text/incidents"
VERSION = {"api-version": "2024-09-15-preview"}


class Readers(SubscriptionKeys):
    """Keys that may only read."""

    def identify(self, headers: Headers, address: str = "") -> Principal | Refusal:
        """Return a reader for the key."""
        known = headers.get(KEY_HEADER) == KEY
        return Principal("reader", roles=frozenset({"read"})) if known else Refusal(AccessDenied())


def _yes() -> dict[str, str]:
    return {}


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[TestClient]:
    """Return a browser before a Studio and the real edge, over routes that say yes."""
    database = open_database(tmp_path, database_url(tmp_path), durability="normal")
    migrate(database)
    app = FastAPI()
    for method, path in (("GET", "incidents"), ("PATCH", "incidents/{name}"), ("DELETE", "incidents/{name}")):
        app.add_api_route(f"/contentsafety/text/{path}", _yes, methods=[method])
    app.add_api_route("/contentsafety/text:analyze", _yes, methods=["POST"])
    keys = Readers([KEY])
    edge = create_edge(app, operations=load_operations(), authenticator=keys)
    with TestClient(
        Studio(edge, keys, Sessions(database, StepClock())), base_url=BASE, follow_redirects=False
    ) as client:
        yield client
    database.close()


def test_a_key_that_may_read_cannot_change_anything_through_the_pages(reader: TestClient) -> None:
    """The edge decides as for any client: reading is answered, everything else is forbidden."""
    token = {TOKEN_HEADER: sign_in(reader)}
    forged = {**token, "Ocp-Apim-Subscription-Key": "a-key-that-manages", "Authorization": "Bearer another"}
    read = reader.get(INCIDENTS, params=VERSION, headers=forged)
    refused = [
        reader.patch(f"{INCIDENTS}/scam", params=VERSION, json={}, headers=forged),
        reader.delete(f"{INCIDENTS}/scam", params=VERSION, headers=token),
        reader.post(
            "/studio/api/contentsafety/text:analyze", params=VERSION, json={"text": "x"}, headers=token
        ),
    ]

    assert read.status_code == 200
    assert [answer.status_code for answer in refused] == [403, 403, 403]
    assert refused[0].json()["error"]["code"] == "403"
