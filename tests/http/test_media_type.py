"""Content types of bodies."""

import pytest
from fastapi.testclient import TestClient
from tests.http.toy import ANALYZE, INCIDENT, PREVIEW

PATCH = f"{INCIDENT}?api-version={PREVIEW}"
PREVIEW_ROUTE = "/quell/text/incidents:preview"


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "application/json; charset=UTF-8",
        "Application/JSON",
        "text/json",
        "application/merge-patch+json",
    ],
)
def test_json_has_several_names(client: TestClient, kind: str) -> None:
    """Each name of JSON is read as JSON, for POST and PATCH alike."""
    headers = {"Content-Type": kind}

    assert client.post(ANALYZE, content=b'{"text":"a"}', headers=headers).status_code == 200
    assert client.patch(PATCH, content=b"{}", headers=headers).status_code == 200


def test_a_body_without_a_type_is_json(client: TestClient) -> None:
    """No Content-Type is taken for JSON."""
    request = client.build_request("POST", ANALYZE, content=b'{"text":"a"}')
    request.headers.pop("Content-Type", None)

    assert client.send(request).status_code == 200


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "application/xml", "application/x-ndjson", "json"],
)
def test_other_types_are_415(client: TestClient, kind: str) -> None:
    """A body of another type is UnsupportedMediaType."""
    answer = client.post(ANALYZE, content=b'{"text":"a"}', headers={"Content-Type": kind})

    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "UnsupportedMediaType")


def test_a_type_without_a_body_does_not_matter(client: TestClient) -> None:
    """PATCH without a body is fine whatever the header says."""
    assert client.patch(PATCH, headers={"Content-Type": "text/plain"}).status_code == 200


def test_get_ignores_body_and_type(client: TestClient) -> None:
    """GET with a type and a body that is no JSON is answered."""
    headers = {"Content-Type": "application/json"}

    assert client.request("GET", PATCH, headers=headers, content=b"{broken").status_code == 200


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b""),
        ("application/json", b"{}"),
        ("application/json", b"{broken"),
        ("application/x-www-form-urlencoded", b""),
        ("application/x-www-form-urlencoded", b"a=b"),
    ],
)
def test_deploy_takes_any_body(client: TestClient, kind: str, body: bytes) -> None:
    """:deploy reads no body, so any is fine."""
    url = f"{INCIDENT}:deploy?api-version={PREVIEW}"

    assert client.post(url, content=body, headers={"Content-Type": kind}).status_code == 202


def test_json_lines_are_taken_where_the_table_says_so(client: TestClient) -> None:
    """The preview reads JSON Lines, untouched by the check of JSON bodies."""
    lines = b'{"sample": "a"}\n{"text": "b"}\n'

    answer = client.post(PREVIEW_ROUTE, content=lines, headers={"Content-Type": "application/x-ndjson"})

    assert len(answer.json()["lines"]) == 2


def test_json_on_a_route_of_json_lines_is_checked(client: TestClient) -> None:
    """A JSON body must be JSON there too."""
    assert client.post(PREVIEW_ROUTE, content=b"{broken").status_code == 400
