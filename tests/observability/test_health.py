"""Ready, status and the page of the API."""

import re

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.testclient import TestClient

from quell.observability.health import Health

KEY = {"Ocp-Apim-Subscription-Key": "right"}


class Switch:
    """Is ready when it is told to be."""

    ready = False


@pytest.fixture
def switch() -> Switch:
    """Return a server's readiness, to be switched."""
    return Switch()


@pytest.fixture
def client(switch: Switch) -> TestClient:
    """Return a client of health alone."""

    def accepts(headers: Headers, _: str) -> bool:
        return headers.get("ocp-apim-subscription-key") == "right"

    health = Health("1.2.3", lambda: switch.ready, accepts, "Ocp-Apim-Subscription-Key")
    return TestClient(Starlette(routes=health.routes()))


def test_ready_follows_the_server(client: TestClient, switch: Switch) -> None:
    """503 and false before everything is loaded, 200 and true after."""
    before = client.get("/ready")
    switch.ready = True
    after = client.get("/ready")

    assert [(one.status_code, one.json()) for one in (before, after)] == [
        (503, {"ready": False}),
        (200, {"ready": True}),
    ]


@pytest.mark.parametrize(
    ("headers", "status"),
    [(KEY, "Valid"), ({}, "Valid"), ({"Ocp-Apim-Subscription-Key": "wrong"}, "Invalid")],
)
def test_status_says_whether_the_key_is_valid(
    client: TestClient, headers: dict[str, str], status: str
) -> None:
    """A wrong key is told without being an error; no key is no fault."""
    answer = client.get("/status", headers=headers)

    assert (answer.status_code, answer.json()["apiStatus"]) == (200, status)


def test_status_says_what_runs_here(client: TestClient) -> None:
    """Product, version and readiness are told."""
    answer = client.get("/status").json()

    assert (answer["product"], answer["version"], answer["ready"]) == ("quell", "1.2.3", False)


@pytest.mark.parametrize("path", ["/api-docs", "/api-docs/", "/api-docs/index.html"])
def test_the_page_of_the_api_is_under_its_usual_addresses(client: TestClient, path: str) -> None:
    """The page is HTML, whichever address is used."""
    answer = client.get(path, follow_redirects=False)

    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, "text/html")


def test_the_page_needs_nothing_from_elsewhere(client: TestClient) -> None:
    """Everything that the page loads is served here, under a policy that allows nothing else."""
    page = client.get("/api-docs/")

    loaded = re.findall(r'(?:src|href)="([^"#]+)"', page.text)
    assert [client.get(path).status_code for path in loaded if path.startswith("/api-docs/")] == [200, 200]
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert {path.partition("/")[0] for path in loaded} == {"", "data:,"}


def test_the_script_writes_no_markup(client: TestClient) -> None:
    """Nothing from the description or an answer is put on the page as HTML."""
    script = client.get("/api-docs/page.js").text

    assert re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script) is None


@pytest.mark.parametrize("path", ["/api-docs/absent", "/api-docs/health.py", "/api-docs/..%2fhealth.py"])
def test_only_the_files_of_the_page_are_served(client: TestClient, path: str) -> None:
    """No other file can be read through the page's address."""
    assert client.get(path).status_code == 404
