"""Asks a server of chat completions: one host, no redirect, no proxy, one deadline, a bounded answer."""

import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import httpcore

from quell import __version__
from quell.blobs.connecting import Deadline, PinnedBackend
from quell.blobs.links import Link, LinkRefused, read_link
from quell.blobs.resolving import Resolver, SystemResolver

ANSWER_BYTES = 256 * 1024
"""The size of an answer, in bytes; a thousand tokens with their probabilities take less."""

_CONNECT_SECONDS = 5.0
_COMPLETIONS = "/chat/completions"


class Unreachable(Exception):
    """No answer came: nobody listens, the connection broke, or time ran out."""


class Unreadable(Exception):
    """An answer came that is not read: too long, compressed, or not HTTP."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a model is asked for completions, its name there, and the key that goes there and nowhere else.

    `brought` is a caller's own choice, within what the operator allows.
    """

    link: Link
    model: str
    key: str | None = field(default=None, repr=False)
    key_header: Literal["Authorization", "api-key"] = "Authorization"
    brought: bool = False

    @classmethod
    def at(cls, url: str, model: str, key: str | None = None) -> "Place":
        """Read the base URL of an OpenAI-compatible server, or of an Azure deployment; raises LinkRefused."""
        link = read_link(url)
        path = link.path.rstrip("/").removesuffix(_COMPLETIONS) + _COMPLETIONS
        azure = "/openai/deployments/" in path
        return cls(replace(link, path=path), model, key, "api-key" if azure else "Authorization")

    def headers(self) -> dict[bytes | str, bytes | str]:
        """Return what says who asks."""
        if self.key is None:
            return {}
        return {self.key_header: self.key if self.key_header == "api-key" else f"Bearer {self.key}"}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of any status; `retry_after` in seconds where the server asks for patience."""

    status: int
    body: bytes
    retry_after: float | None = None


class ChatClient:
    """Sends requests to one place; safe to use from several threads.

    Each request has a connection of its own: next to seconds of a model's work a handshake is nothing, and
    every step of it ends at the request's deadline.
    """

    def __init__(
        self,
        place: Place,
        *,
        resolver: Resolver | None = None,
        network: httpcore.NetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.place = place
        self._resolver = resolver or SystemResolver()
        self._network = network or httpcore.SyncBackend()
        self._tls = tls or ssl.create_default_context()

    def ask(self, body: Mapping[str, object], deadline: Deadline) -> Reply:
        """Return the server's answer, whatever its status; raises Unreachable or Unreadable."""
        link = self.place.link
        # `named`: the operator wrote this host down, so it may be private; metadata services stay closed.
        backend = PinnedBackend(self._network, self._resolver, deadline, _CONNECT_SECONDS, named=True)
        origin = httpcore.Origin(link.scheme.encode(), link.host.encode(), link.port)
        try:
            with httpcore.HTTPConnection(origin, self._tls, network_backend=backend) as connection:
                return _read(connection.handle_request(self._request(body)))
        except httpcore.TimeoutException as slow:
            raise Unreachable("did not answer in time") from slow
        except (httpcore.NetworkError, httpcore.RemoteProtocolError, LinkRefused) as failed:
            raise Unreachable("cannot be reached") from failed
        except httpcore.ProtocolError as broken:
            raise Unreadable("does not speak HTTP") from broken

    def _request(self, body: Mapping[str, object]) -> httpcore.Request:
        link = self.place.link
        content = json.dumps(body).encode("ascii")
        headers: dict[bytes | str, bytes | str] = {
            "Host": link.authority,
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Connection": "close",
            "Content-Type": "application/json",
            "Content-Length": str(len(content)),
            "User-Agent": f"quell/{__version__}",
            **self.place.headers(),
        }
        url = httpcore.URL(scheme=link.scheme, host=link.host, port=link.port, target=link.target)
        return httpcore.Request("POST", url, headers=headers, content=content)


def until(seconds: float) -> Deadline:
    """Return the deadline of work that starts now."""
    return Deadline(time.monotonic() + seconds)


def _read(response: httpcore.Response) -> Reply:
    headers = {name.lower(): value for name, value in response.headers}
    if headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
        raise Unreadable("sends compressed answers")
    body = bytearray()
    for chunk in response.iter_stream():
        body += chunk
        if len(body) > ANSWER_BYTES:
            raise Unreadable(f"sends more than {ANSWER_BYTES:,} bytes")
    return Reply(response.status, bytes(body), _seconds(headers.get(b"retry-after")))


def _seconds(value: bytes | None) -> float | None:
    # The other form of the header, a date, depends on two clocks; it counts as none.
    text = (value or b"").strip()
    return float(text[:9]) if text.isdigit() else None
