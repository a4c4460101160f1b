"""The public keys that tokens are signed by: from a file or a URL, read again when one is missing."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpcore
import structlog
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from quell.blobs.connecting import Deadline, PinnedBackend
from quell.blobs.links import LinkRefused
from quell.blobs.resolving import SystemResolver

MOST_BYTES = 256 * 1024
MOST_KEYS = 100
FETCH_SECONDS = 10.0

FRESH_SECONDS = 3_600.0
"""After this the keys are read again beside the next request."""

RETRY_SECONDS = 30.0
"""Unknown key ids do not have the keys read more often than this, whatever clients send."""


class SigningKeys:
    """Keys by their id. No request waits for a fetch: a thread does, and the client is told to retry."""

    def __init__(
        self, source: str, clock: Callable[[], float] = time.monotonic, retry_seconds: float = RETRY_SECONDS
    ) -> None:
        self._source = source
        self._clock = clock
        self._retry_seconds = retry_seconds
        self._keys: Mapping[str, Any] = {}
        self._read_at: float | None = None
        self._tried_at: float | None = None
        self._thread: threading.Thread | None = None
        self._log = structlog.get_logger("quell.access")

    @property
    def known(self) -> bool:
        """Whether the keys were ever read."""
        return self._read_at is not None

    def find(self, key_id: str) -> Any:  # noqa: ANN401 - a public key of any kind of cryptography's
        """Return the public key of an id, or None."""
        if self._read_at is not None and self._clock() - self._read_at > FRESH_SECONDS:
            self.renew()
        return self._keys.get(key_id)

    def renew(self) -> bool:
        """Begin to read the keys again, unless that was done just now; return whether it is going on."""
        if self._thread is not None and self._thread.is_alive():
            return True
        now = self._clock()
        if self._tried_at is not None and now - self._tried_at < self._retry_seconds:
            return False
        self._tried_at = now
        self._thread = threading.Thread(target=self.read, name="quell-signing-keys", daemon=True)
        self._thread.start()
        return True

    def read(self) -> None:
        """Read the keys; what cannot be read leaves those of before in force."""
        try:
            keys = read_keys(_content(self._source))
        except (
            OSError,
            ValueError,
            PyJWTError,
            LinkRefused,
            httpcore.NetworkError,
            httpcore.ProtocolError,
        ) as error:
            self._log.warning("the keys of tokens could not be read", error=type(error).__name__)
        except httpcore.TimeoutException:
            self._log.warning("the keys of tokens could not be read", error="TimeoutException")
        else:
            self._keys, self._read_at = keys, self._clock()


def read_keys(content: bytes) -> dict[str, Any]:
    """Return the public keys of a JWKS by their id; shared secrets and keys for encryption are left out."""
    document = json.loads(content)
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise ValueError("not a JWKS")  # noqa: TRY004 - a wrong document, not a wrong call
    found: dict[str, Any] = {}
    for one in listed[:MOST_KEYS]:
        usable = (
            isinstance(one, dict)
            and one.get("kty") in {"RSA", "EC", "OKP"}
            and one.get("use", "sig") == "sig"
        )
        if usable and isinstance(one.get("kid"), str):
            # Only the public part, should somebody have published the other one, too.
            public = {
                name: value for name, value in one.items() if name not in {"d", "p", "q", "dp", "dq", "qi"}
            }
            found[one["kid"]] = PyJWK.from_dict(public).key
    return found


def _content(source: str) -> bytes:
    if not source.startswith(("https://", "http://")):
        with Path(source).expanduser().open("rb") as file:
            return _bounded(file.read(MOST_BYTES + 1))
    deadline = Deadline(time.monotonic() + FETCH_SECONDS)
    backend = PinnedBackend(httpcore.SyncBackend(), SystemResolver(), deadline, FETCH_SECONDS, named=True)
    content = b""
    with (
        httpcore.ConnectionPool(ssl_context=ssl.create_default_context(), network_backend=backend) as pool,
        pool.stream("GET", source, headers={"Accept": "application/json"}) as answer,
    ):
        if answer.status != 200:  # a redirect, too: keys come from where the operator said
            raise ValueError("not answered with 200")
        for piece in answer.iter_stream():
            content = _bounded(content + piece)
    return content


def _bounded(content: bytes) -> bytes:
    if len(content) > MOST_BYTES:
        raise ValueError("too large")
    return content
