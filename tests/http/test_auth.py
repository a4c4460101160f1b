"""Subscription keys."""

import hmac
from typing import Any

import pytest
import structlog
from fastapi.testclient import TestClient
from starlette.datastructures import Headers
from tests.http.toy import INCIDENT, KEY, OTHER_KEY, PREVIEW, toy_client

from quell.errors import SettingsRefused
from quell.http.auth import KEY_HEADER, NoAuthentication, Principal, SubscriptionKeys

URL = f"{INCIDENT}?api-version={PREVIEW}"


@pytest.mark.parametrize("key", [KEY, OTHER_KEY])
def test_each_key_is_valid(client: TestClient, key: str) -> None:
    """Both keys open the server at once."""
    assert client.get(URL, headers={"ocp-apim-subscription-key": key}).status_code == 200


@pytest.mark.parametrize("key", ["", "wrong", KEY[:-1], KEY + "x", KEY.upper(), "é"])
def test_other_keys_are_refused_as_the_gateway_does(client: TestClient, key: str) -> None:
    """A wrong or missing key is 401 with code "401" and no details."""
    answer = client.get(URL, headers={"Ocp-Apim-Subscription-Key": key.encode()})

    error = answer.json()["error"]
    assert (answer.status_code, error["code"], set(error)) == (401, "401", {"code", "message"})
    assert answer.headers["x-ms-error-code"] == "401"


def test_a_missing_header_is_refused(client: TestClient) -> None:
    """No header is no key, on routes that do not exist too."""
    bare = TestClient(client.app)

    assert [bare.get(path).status_code for path in (URL, "/nothing", "/quell/text:explain", "/")] == [401] * 4


def test_health_needs_no_key(client: TestClient) -> None:
    """/ready answers everyone, with slashes to spare."""
    bare = TestClient(client.app)

    assert [bare.get(f"http://testserver{path}").status_code for path in ("/ready", "//ready")] == [200, 200]


@pytest.mark.parametrize("path", ["/ready:x", "/readyx", "/ready/x", "/api-docsx"])
def test_only_the_open_paths_are_open(client: TestClient, path: str) -> None:
    """A path that begins like an open one is not open."""
    assert TestClient(client.app).get(path).status_code == 401


def test_all_keys_are_compared_whatever_the_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hit at the first key does not spare the others, and only digests of one length are compared."""
    compared: list[tuple[int, int]] = []

    def watch(left: bytes, right: bytes) -> bool:
        compared.append((len(left), len(right)))
        return hmac_compare(left, right)

    hmac_compare = hmac.compare_digest
    monkeypatch.setattr("quell.http.auth.hmac.compare_digest", watch)
    keys = SubscriptionKeys(["a", "a much longer key", "c"])

    assert keys.accepts(Headers({"Ocp-Apim-Subscription-Key": "a"}))
    assert compared == [(32, 32)] * 3


@pytest.mark.parametrize("keys", [[], [""]])
def test_no_key_at_all_is_no_setting(keys: list[str]) -> None:
    """Running without keys has to be asked for in so many words."""
    with pytest.raises(SettingsRefused):
        SubscriptionKeys(keys)


def test_without_authentication_everyone_may_ask() -> None:
    """The explicit mode lets a request without a key through."""
    bare = TestClient(toy_client(authenticator=NoAuthentication()).app)

    assert bare.get(URL).status_code == 200


def test_keys_are_never_logged_or_shown(client: TestClient) -> None:
    """Neither an error's log nor the text of the object has a key."""
    with structlog.testing.capture_logs() as logs:
        client.get(URL.replace("ticket-scam", "broken"))
        client.get(URL, headers={"Ocp-Apim-Subscription-Key": "wrong-key"})

    shown: list[Any] = [logs, repr(SubscriptionKeys([KEY])), vars(SubscriptionKeys([KEY]))]
    assert KEY not in str(shown)
    assert "wrong-key" not in str(shown)


def test_a_key_is_known_by_its_place_and_may_do_everything() -> None:
    """Plain keys have names that may be logged, and all roles."""
    keys = SubscriptionKeys([KEY, OTHER_KEY])

    found = [keys.identify(Headers({KEY_HEADER: key})) for key in (KEY, OTHER_KEY, "wrong")]

    assert [one.name if isinstance(one, Principal) else one.error.status for one in found] == [
        "key1",
        "key2",
        401,
    ]
    assert isinstance(found[0], Principal)
    assert found[0].roles == {"analyze", "read", "manage"}
