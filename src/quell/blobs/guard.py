"""The guarded https client: checks an address, connects to that very address, and gives up in time.

URL ─▶ policy ─▶ resolve once ─▶ every address allowed? ─▶ connect to one of them ─▶ TLS for the name ─▶ bytes
 ▲                                                                                       │
 └────────────────────────────────── a redirect, at most three ──────────────────────────┘
"""

import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import httpcore

from quell import __version__
from quell.blobs.connecting import Deadline, PinnedBackend
from quell.blobs.links import Link, LinkRefused, read_link
from quell.blobs.policy import BlobPolicy
from quell.blobs.resolving import Resolver, SystemResolver

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_HOPS = 3
_WRITTEN = frozenset({200, 201})
_REASONS: Mapping[int, str] = {
    401: "its host demands a sign-in (401)",
    403: "its host refuses access (403); the signature may be missing, wrong or expired",
    404: "there is no such blob (404)",
    409: "its host does not allow public access (409)",
    429: "its host is too busy (429)",
}


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a fetch may take: to connect, and in all, redirects included; seconds."""

    connect: float = 5.0
    total: float = 10.0


class Guard:
    """Fetches over https only from where the policy lets it, straight and without any proxy."""

    def __init__(
        self,
        policy: BlobPolicy,
        *,
        timing: Timing | None = None,
        resolver: Resolver | None = None,
        network: httpcore.NetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._policy = policy
        self._timing = timing or Timing()
        self._resolver = resolver or SystemResolver()
        self._network = network or httpcore.SyncBackend()
        self._tls = tls or _tls()

    def fetch(self, url: str, limit: int) -> bytes:
        """Return at most `limit` bytes; raises LinkRefused in words that never repeat the URL."""
        deadline = Deadline(time.monotonic() + self._timing.total)
        link = read_link(url)
        try:
            for _ in range(_MAX_HOPS + 1):
                answer = self._ask(link, limit, deadline)
                if isinstance(answer, bytes):
                    return answer
                link = link.follow(answer)
        except httpcore.TimeoutException as slow:
            raise LinkRefused("its host did not answer in time") from slow
        except (httpcore.NetworkError, httpcore.ProtocolError) as failed:
            # One sentence for every failure: what lies behind a name is nobody's business.
            raise LinkRefused("its host cannot be reached, or broke off its answer") from failed
        raise LinkRefused(f"its host redirects more than {_MAX_HOPS} times")

    def put(self, url: str, body: bytes) -> bool:
        """Write a blob by a URL that is signed for it; return whether its host let it be.

        A redirect is not followed: a body goes where the caller signed for, and nowhere else.
        """
        deadline = Deadline(time.monotonic() + self._timing.total)
        link = read_link(url)
        try:
            with self._connection(link, deadline) as connection:
                headers: dict[bytes | str, bytes | str] = {
                    "x-ms-blob-type": "BlockBlob",
                    "Content-Length": str(len(body)),
                }
                response = connection.handle_request(_request("PUT", link, headers, body))
                return response.status in _WRITTEN
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
            return False

    def close(self) -> None:
        """Give the resolver back."""
        self._resolver.close()

    def _ask(self, link: Link, limit: int, deadline: Deadline) -> bytes | str:
        """Make one request; return the body, or where a redirect leads."""
        with self._connection(link, deadline) as connection:
            response = connection.handle_request(_request("GET", link, {"Accept": "*/*"}))
            if response.status in _REDIRECTS:
                location = _header(response, b"location")
                if location is None:
                    raise LinkRefused("its host redirects to nowhere")
                return location
            if response.status != 200:
                raise LinkRefused(_REASONS.get(response.status, f"its host answered {response.status}"))
            return _body(response, limit)

    def _connection(self, link: Link, deadline: Deadline) -> httpcore.HTTPConnection:
        named = self._policy.check(link)
        backend = PinnedBackend(self._network, self._resolver, deadline, self._timing.connect, named=named)
        origin = httpcore.Origin(link.scheme.encode(), link.host.encode(), link.port)
        # A fresh connection for each request: a kept one would outlive the check of its address.
        return httpcore.HTTPConnection(origin, self._tls, network_backend=backend)


def _request(
    method: str, link: Link, headers: Mapping[bytes | str, bytes | str], body: bytes | None = None
) -> httpcore.Request:
    return httpcore.Request(
        method,
        httpcore.URL(scheme=link.scheme, host=link.host, port=link.port, target=link.target),
        headers={
            "Host": link.authority,
            "Accept-Encoding": "identity",
            "Connection": "close",
            "User-Agent": f"quell/{__version__}",
            **headers,
        },
        content=body,
    )


def _body(response: httpcore.Response, limit: int) -> bytes:
    if (_header(response, b"content-encoding") or "identity").strip().lower() != "identity":
        raise LinkRefused("its host sends it compressed (Content-Encoding)")
    length = _header(response, b"content-length")
    if length is not None and length.isdecimal() and int(length[:20]) > limit:
        raise LinkRefused(f"it is larger than {limit} bytes")
    body = bytearray()
    stream: Iterable[bytes] = response.iter_stream()
    for chunk in stream:
        if len(body) + len(chunk) > limit:
            raise LinkRefused(f"it is larger than {limit} bytes")
        body += chunk
    return bytes(body)


def _header(response: httpcore.Response, name: bytes) -> str | None:
    values = [value for key, value in response.headers if key.lower() == name]
    return values[0].decode("latin-1") if values else None


def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context
