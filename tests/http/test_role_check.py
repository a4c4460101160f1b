"""Roles at the edge."""

import pytest
from fastapi.testclient import TestClient
from starlette.datastructures import Headers
from tests.http.toy import ANALYZE, INCIDENT, PREVIEW, toy_client

from quell.errors import AccessDenied
from quell.http.auth import KEY_HEADER, Principal, Refusal
from quell.values import Role

URL = f"{INCIDENT}?api-version={PREVIEW}"
CALLS = {
    "analyze": ("POST", ANALYZE, {"text": "hello"}),
    "read": ("GET", URL, None),
    "manage": ("PATCH", URL, {}),
    "deploy": ("POST", f"{INCIDENT}:deploy?api-version={PREVIEW}", None),
}


class ByName:
    """Takes the key for the roles that it spells."""

    def identify(self, headers: Headers, address: str = "") -> Principal | Refusal:
        """Return a principal with the roles in the key."""
        key = headers.get(KEY_HEADER, "")
        roles: frozenset[Role] = frozenset(key.split("+"))  # type: ignore[arg-type]  # spelled by the test
        return Principal(f"only-{key}", roles) if key else Refusal(AccessDenied())

    def accepts(self, headers: Headers, address: str = "") -> bool:
        """Whether there is a key."""
        return KEY_HEADER in headers


def statuses(client: TestClient, key: str) -> dict[str, int]:
    """Return how each kind of call is answered."""
    return {
        name: client.request(method, url, json=body, headers={KEY_HEADER: key}).status_code
        for name, (method, url, body) in CALLS.items()
    }


@pytest.mark.parametrize(
    ("key", "opened"),
    [
        ("analyze", {"analyze"}),
        ("read", {"read"}),
        ("analyze+read", {"analyze", "read"}),
        ("manage", {"analyze", "read", "manage", "deploy"}),
        ("none", set()),
    ],
)
def test_a_key_opens_what_its_roles_open(key: str, opened: set[str]) -> None:
    """Everything else is 403, whatever the method."""
    found = statuses(toy_client(authenticator=ByName()), key)

    assert {name for name, status in found.items() if status < 300} == opened
    assert {status for status in found.values() if status >= 300} <= {403}


def test_the_refusal_has_the_gateway_s_shape_and_names_role_and_operation() -> None:
    """403 with code "403", no details, and what to ask the operator for."""
    answer = toy_client(authenticator=ByName()).patch(URL, json={}, headers={KEY_HEADER: "analyze"})

    error = answer.json()["error"]
    assert (answer.status_code, error["code"], set(error)) == (403, "403", {"code", "message"})
    assert answer.headers["x-ms-error-code"] == "403"
    assert "TextIncidents_CreateOrUpdateIncident needs the role 'manage'" in error["message"]


def test_the_role_is_checked_before_the_body_is_read() -> None:
    """What is not allowed is not parsed either."""
    answer = toy_client(authenticator=ByName()).patch(
        URL, content=b"{not json", headers={KEY_HEADER: "read", "Content-Type": "application/json"}
    )

    assert answer.status_code == 403


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_a_header_does_not_change_the_method(name: str) -> None:
    """A change dressed as a read stays a read, and a read dressed as a change stays refused."""
    client = toy_client(authenticator=ByName())

    read = client.get(URL, headers={KEY_HEADER: "read", name: "DELETE"})

    assert (read.status_code, read.json()["incidentName"]) == (200, "ticket-scam")
    assert client.patch(URL, json={}, headers={KEY_HEADER: "read", name: "GET"}).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        f"//contentsafety//text/incidents/ticket-scam%3Adeploy?api-version={PREVIEW}",
        f"/CONTENTSAFETY/TEXT/INCIDENTS/ticket-scam:DEPLOY/?api-version={PREVIEW}",
        f"/contentsafety/text:analyze/../text/incidents/ticket-scam:deploy?api-version={PREVIEW}",
    ],
)
def test_no_spelling_of_a_path_gets_round_the_role(path: str) -> None:
    """The role is that of the operation found, or there is none found."""
    answer = toy_client(authenticator=ByName()).request(
        "POST", f"http://testserver{path}", headers={KEY_HEADER: "analyze"}
    )

    assert answer.status_code in {403, 404}
