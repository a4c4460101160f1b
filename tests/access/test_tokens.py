"""Bearer tokens: which are taken, and which tricks are not."""

import base64
import hashlib
import hmac
import http.server
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.datastructures import Headers

from quell.access.signing_keys import SigningKeys
from quell.access.tokens import BearerTokens, TokenPolicy
from quell.errors import SettingsRefused
from quell.http.auth import Principal
from quell.settings import Settings
from tests.wire.app import GA, INCIDENTS, call, wired

ISSUER, AUDIENCE = "https://issuer.example/v2.0", "https://cognitiveservices.azure.com"
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CURVE = ec.generate_private_key(ec.SECP256R1())
POLICY = TokenPolicy(
    ISSUER, [AUDIENCE], ["RS256", "ES256"], 60, {"Quell.Read": "read", "analyze": "analyze"}, "5/s"
)


def jwks(**keys: Any) -> bytes:
    """Return the public parts of keys by their id."""
    listed = []
    for kid, key in keys.items():
        algorithm = (
            jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
        )
        listed.append({**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig"})
    return json.dumps({"keys": listed}).encode()


def claims(**changed: Any) -> dict[str, Any]:
    """Return sound claims with some changed; None leaves one out."""
    now = int(time.time())
    sound = {"iss": ISSUER, "aud": AUDIENCE, "sub": "app-1", "iat": now, "nbf": now, "exp": now + 3600}
    merged = {**sound, "roles": ["Quell.Read"], **changed}
    return {name: value for name, value in merged.items() if value is not None}


def signed(key: Any = RSA, kid: str | None = "one", algorithm: str = "RS256", **changed: Any) -> str:
    """Return a token."""
    return jwt.encode(claims(**changed), key, algorithm, headers={"kid": kid} if kid else {})


def by_hand(head: dict[str, Any], body: dict[str, Any], secret: bytes = b"") -> str:
    """Return a token as a library would not make it, signed with HMAC where there is a secret."""
    parts = [base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in (head, body)]
    mac = hmac.new(secret, b".".join(parts), hashlib.sha256).digest() if secret else b""
    return b".".join([*parts, base64.urlsafe_b64encode(mac).rstrip(b"=")]).decode()


@pytest.fixture
def tokens(tmp_path: Path) -> BearerTokens:
    """Return what takes tokens that two keys sign."""
    (tmp_path / "jwks").write_bytes(jwks(one=RSA, two=CURVE))
    keys = SigningKeys(str(tmp_path / "jwks"))
    keys.read()
    keys._tried_at = keys._clock()
    return BearerTokens(POLICY, keys)


def asked(tokens: BearerTokens, token: str, scheme: str = "Bearer") -> Principal | int:
    """Return who comes with a token, or the status of the refusal, which quotes nothing."""
    found = tokens.identify(Headers({"Authorization": f"{scheme} {token}"}))
    if isinstance(found, Principal):
        return found
    assert token[:20] not in found.error.message or not token
    return found.error.status


def test_a_sound_token_is_its_subject_with_its_roles(tokens: BearerTokens) -> None:
    """By RSA or by a curve, with app roles or scopes, under any spelling of the scheme."""
    by_rsa = asked(tokens, signed())
    by_curve = asked(tokens, signed(CURVE, "two", "ES256", roles=None, scp="openid analyze"), "bearer")

    assert isinstance(by_rsa, Principal)
    assert isinstance(by_curve, Principal)
    assert (by_rsa.name, by_rsa.roles, by_rsa.rate) == ("token:app-1", {"read"}, "5/s")
    assert by_curve.roles == {"analyze"}


PUBLIC = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize(
    ("name", "token"),
    [
        ("no algorithm", by_hand({"alg": "none", "kid": "one"}, claims())),
        ("no algorithm, spelled otherwise", by_hand({"alg": "nOnE", "kid": "one"}, claims())),
        ("the public key as a shared secret", by_hand({"alg": "HS256", "kid": "one"}, claims(), PUBLIC)),
        ("an algorithm that is not pinned", signed(algorithm="RS512")),
        ("a key of another kind", signed(CURVE, "one", "ES256")),
        ("another key under a known id", signed(OTHER)),
        ("an unknown id", signed(OTHER, "three")),
        ("no id", signed(kid=None)),
        ("a key of its own in the head", by_hand({"alg": "RS256", "jwk": {}, "jku": "https://x"}, claims())),
        ("expired", signed(exp=int(time.time()) - 61)),
        ("not yet valid", signed(nbf=int(time.time()) + 86_400, exp=int(time.time()) + 90_000)),
        ("without an end", signed(exp=None)),
        ("for another audience", signed(aud="https://other.example")),
        ("for nobody", signed(aud=None)),
        ("of another issuer", signed(iss="https://issuer.example/v2.0/")),
        ("of no issuer", signed(iss=None)),
        ("of nobody", signed(sub=None)),
        ("changed after it was signed", signed()[:-8] + "AAAAAAAA"),
        ("huge", signed(pad="x" * 20_000)),
        ("nonsense", "a.b.c"),
        ("deep", by_hand({"alg": "RS256", "kid": "one"}, {})[:4] + "." + "[" * 5_000),
        ("empty", ""),
    ],
)
def test_tokens_that_are_not_sound_are_refused(tokens: BearerTokens, name: str, token: str) -> None:
    """401, whatever the trick."""
    assert asked(tokens, token) == 401, name


def test_clocks_may_differ_by_the_leeway(tokens: BearerTokens) -> None:
    """A token that ended half a minute ago is taken, where a minute is allowed."""
    assert isinstance(asked(tokens, signed(exp=int(time.time()) - 30)), Principal)


def test_a_token_without_a_known_role_opens_nothing(tokens: BearerTokens) -> None:
    """Who is known and may do nothing is refused with 403 by the edge, not let in."""
    for changed in ({"roles": ["Admin"]}, {"roles": None}, {"roles": "Quell.Read"}, {"roles": [1, {}]}):
        found = asked(tokens, signed(**changed))
        assert isinstance(found, Principal)
        assert found.roles == frozenset()


def test_a_subject_cannot_forge_a_line(tokens: BearerTokens) -> None:
    """Whatever an issuer lets people be called, logs get plain characters."""
    found = asked(tokens, signed(sub='a\n{"forged":1}' + "x" * 500))

    assert isinstance(found, Principal)
    assert found.name.startswith("token:a???forged?:1?x")
    assert len(found.name) <= 134


class Issuer(http.server.BaseHTTPRequestHandler):
    """Serves a JWKS and counts how often it was asked."""

    content = b"{}"
    status = 200
    asked = 0

    def do_GET(self) -> None:
        """Answer."""
        type(self).asked += 1
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.content)))
        self.end_headers()
        self.wfile.write(self.content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Say nothing."""


@pytest.fixture
def issuer() -> Iterator[tuple[type[Issuer], str]]:
    """Return a server of keys and its URL."""
    handler = type("Handler", (Issuer,), {})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield handler, f"http://127.0.0.1:{server.server_port}/keys"
    server.shutdown()
    server.server_close()


def settled(keys: SigningKeys) -> None:
    """Return when nothing is being read."""
    if keys._thread is not None:
        keys._thread.join(20)


def test_keys_are_fetched_and_a_new_one_is_found_without_a_restart(issuer: tuple[type[Issuer], str]) -> None:
    """An unknown id has the keys read again: the client is told to retry, and then it is let in."""
    handler, url = issuer
    handler.content = jwks(one=RSA)
    keys = SigningKeys(url, retry_seconds=0)
    tokens = BearerTokens(POLICY, keys)

    assert asked(tokens, signed()) == 503
    settled(keys)
    assert isinstance(asked(tokens, signed()), Principal)
    handler.content = jwks(two=CURVE)
    rotated = signed(CURVE, "two", "ES256")
    assert asked(tokens, rotated) == 503
    settled(keys)
    assert isinstance(asked(tokens, rotated), Principal)
    assert asked(tokens, signed()) == 503


def test_made_up_ids_do_not_have_the_issuer_hammered(issuer: tuple[type[Issuer], str]) -> None:
    """However many come, the keys are read once in half a minute; the others are 401."""
    handler, url = issuer
    handler.content = jwks(one=RSA)
    keys = SigningKeys(url)
    tokens = BearerTokens(POLICY, keys)
    first = asked(tokens, signed(OTHER, "made-up"))
    settled(keys)

    assert first == 503
    assert {asked(tokens, signed(OTHER, f"made-up-{number}")) for number in range(50)} == {401}
    assert handler.asked == 1


def test_before_the_issuer_answered_no_token_is_called_wrong(issuer: tuple[type[Issuer], str]) -> None:
    """503, which clients try again, however long it takes; then the token is let in."""
    handler, url = issuer
    handler.status = 500
    keys = SigningKeys(url)
    tokens = BearerTokens(POLICY, keys)

    assert asked(tokens, signed()) == 503
    settled(keys)
    assert {asked(tokens, signed()) for _ in range(3)} == {503}
    handler.status, handler.content = 200, jwks(one=RSA)
    keys.read()
    assert isinstance(asked(tokens, signed()), Principal)


@pytest.mark.parametrize(
    ("status", "content"), [(500, b"{}"), (302, b"{}"), (200, b"["), (200, b"[]"), (200, b" " * 300_000)]
)
def test_an_issuer_that_fails_leaves_the_keys_of_before(
    issuer: tuple[type[Issuer], str], status: int, content: bytes
) -> None:
    """Errors, redirects, nonsense and floods change nothing."""
    handler, url = issuer
    handler.content = jwks(one=RSA)
    keys = SigningKeys(url)
    keys.read()
    handler.status, handler.content = status, content
    keys.read()

    assert isinstance(asked(BearerTokens(POLICY, keys), signed()), Principal)


def test_tokens_open_the_server_beside_keys_and_their_roles_hold(tmp_path: Path) -> None:
    """As it is wired for service: read opens a list and no change; the audit log names the subject."""
    (tmp_path / "jwks").write_bytes(jwks(one=RSA))
    settings = {"token_keys": str(tmp_path / "jwks"), "token_issuer": ISSUER, "token_audience": (AUDIENCE,)}
    with wired(tmp_path / "folder", **settings) as client:
        token = {"Authorization": f"Bearer {signed()}", "Ocp-Apim-Subscription-Key": "wrong"}
        deadline = time.monotonic() + 10
        while call(client, "GET", INCIDENTS, headers=token).status_code == 503:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        listed = call(client, "GET", INCIDENTS, headers=token)
        changed = call(client, "PATCH", f"{INCIDENTS}/a", {}, headers=token)
        analyzed = call(client, "POST", "/contentsafety/text:analyze", {"text": "x"}, GA, headers=token)
        (entry,) = client.get("/quell/audit").json()["value"]

    assert (listed.status_code, changed.status_code, analyzed.status_code) == (200, 403, 403)
    assert (entry["actor"], entry["status"]) == ("token:app-1", 403)


@pytest.mark.parametrize(
    "changed",
    [
        {"token_issuer": ""},
        {"token_audience": ()},
        {"token_algorithms": ("HS256",)},
        {"token_algorithms": ("none",)},
        {"token_roles": {"x": "root"}},
        {"token_keys": "http://issuer.example/keys"},
    ],
)
def test_settings_that_would_open_the_server_are_refused(tmp_path: Path, changed: dict[str, Any]) -> None:
    """Tokens are bound to an issuer, an audience and signatures by a private key, or there are none."""
    sound = {"token_keys": str(tmp_path / "jwks"), "token_issuer": ISSUER, "token_audience": (AUDIENCE,)}

    with pytest.raises(SettingsRefused):
        Settings(data=tmp_path, **{**sound, **changed})  # type: ignore[arg-type]
