"""The vendor's client with a token credential, over TLS as it demands."""

import contextlib
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import jwt
import pytest
from azure.ai.contentsafety import BlocklistClient, ContentSafetyClient
from azure.ai.contentsafety.models import AnalyzeTextOptions
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.acceptance.live_server import KEY, free_port
from tests.access.test_tokens import AUDIENCE, ISSUER, jwks

PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ROOT = str(Path(__file__).parents[2])


class Credential:
    """Gives tokens as an identity library does, without anyone to ask."""

    def __init__(self, **claims: object) -> None:
        self._claims = claims

    def get_token(self, *scopes: str, **_: object) -> AccessToken:
        """Return a token for the scope that the client asks for."""
        now = int(time.time())
        sound = {"iss": ISSUER, "aud": AUDIENCE, "sub": "app-1", "exp": now + 3600, "nbf": now}
        assert scopes == (f"{AUDIENCE}/.default",)
        token = jwt.encode({**sound, **self._claims}, PRIVATE, "RS256", headers={"kid": "one"})
        return AccessToken(token, now + 3600)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Return the https endpoint of a server that takes tokens, and its certificate."""
    folder = tmp_path_factory.mktemp("tokens")
    (folder / "jwks").write_bytes(jwks(one=PRIVATE))
    port = free_port()
    settings = {
        "port": str(port),
        "data": str(folder / "data"),
        "keys": KEY,
        "tls": "true",
        "token_keys": str(folder / "jwks"),
        "token_issuer": ISSUER,
        "token_audience": AUDIENCE,
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QUELL_")}
    environment = {
        **kept,
        "PYTHONPATH": ROOT,
        **{f"QUELL_{name.upper()}": value for name, value in settings.items()},
    }
    command = [sys.executable, "-m", "tests.cli.tiny_server", "serve"]
    endpoint, certificate = f"https://localhost:{port}", folder / "data" / "tls-certificate.pem"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 60
        while not _ready(endpoint, certificate):
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield endpoint, str(certificate)
    finally:
        process.kill()
        process.wait()


def _ready(endpoint: str, certificate: Path) -> bool:
    with contextlib.suppress(httpx.TransportError, OSError):
        trusted = ssl.create_default_context(cafile=str(certificate))
        return httpx.get(f"{endpoint}/ready", verify=trusted, timeout=5).status_code == 200
    return False


def test_a_token_credential_analyzes_and_may_not_manage(place: tuple[str, str]) -> None:
    """The client gets its token for the scope of the service, and the roles in it hold."""
    endpoint, certificate = place
    credential = Credential(roles=["Quell.Analyze"])
    client = ContentSafetyClient(endpoint, credential, connection_verify=certificate)
    lists = BlocklistClient(endpoint, credential, connection_verify=certificate)

    assert len(client.analyze_text(AnalyzeTextOptions(text="hello")).categories_analysis) == 4
    with pytest.raises(HttpResponseError) as refused:
        lists.create_or_update_text_blocklist("words", {"description": "x"})
    assert refused.value.status_code == 403


@pytest.mark.parametrize(
    "claims", [{"aud": "https://other.example"}, {"exp": 1}, {"iss": "https://other.example"}]
)
def test_a_token_for_somewhere_else_is_an_authentication_error(
    place: tuple[str, str], claims: dict[str, object]
) -> None:
    """The client raises what its users catch."""
    endpoint, certificate = place
    client = ContentSafetyClient(endpoint, Credential(**claims), connection_verify=certificate)

    with pytest.raises(ClientAuthenticationError):
        client.analyze_text(AnalyzeTextOptions(text="hello"))
