"""First of the pipeline: every request gets an id and an address, every answer the service's headers."""

import re
import time

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quell.http.context import begin, context_of
from quell.http.operations import PREFIX, OperationTable

_HOST = re.compile(r"[0-9A-Za-z._-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
_CLIENT_ID = re.compile(r"[\x20-\x7e]{1,256}")
_JSON = (b"content-type", b"application/json")
_JSON_UTF8 = (b"content-type", b"application/json; charset=utf-8")

RawHeaders = list[tuple[bytes, bytes]]


class RequestIdentity:
    """Names the request, and puts the headers that every answer carries on its answer."""

    def __init__(
        self,
        app: ASGIApp,
        table: OperationTable,
        *,
        region: str,
        public_url: str,
        trust_forwarded: bool,
    ) -> None:
        self._app = app
        self._versions = {
            operation: ",".join(version.name for version in table.versions_of(operation)).encode()
            for operation in (None, *table.rows)
        }
        self._always = [(b"x-ms-region", region.encode()), (b"x-content-type-options", b"nosniff")]
        self._public_url = public_url.rstrip("/")
        self._trust_forwarded = trust_forwarded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        context = begin(scope)
        asked = Headers(scope=scope)
        context.base_url = self._public_url or base_url(scope, trust_forwarded=self._trust_forwarded)
        started = time.monotonic()

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                took = round((time.monotonic() - started) * 1000)
                message["headers"] = [
                    *(_JSON_UTF8 if header == _JSON else header for header in message.get("headers", ())),
                    *self._always,
                    *self._own(scope, asked),
                    (b"x-envoy-upstream-service-time", str(took).encode()),
                ]
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _own(self, scope: Scope, asked: Headers) -> RawHeaders:
        """Return the headers that differ from request to request."""
        context = context_of(scope)
        request_id = context.request_id.encode()
        headers = [(b"apim-request-id", request_id), (b"x-ms-request-id", request_id)]
        client_id = client_id_of(asked.get("x-ms-client-request-id", ""))
        if client_id is not None:
            headers.append((b"x-ms-client-request-id", client_id))
        if scope["path"].lower().startswith(PREFIX):
            headers.append((b"api-supported-versions", self._versions[context.operation]))
        return headers


def client_id_of(given: str) -> bytes | None:
    """Return the id that a client gave its request, as it is sent back; None for one that is not."""
    return given.encode() if _CLIENT_ID.fullmatch(given) else None


def base_url(scope: Scope, *, trust_forwarded: bool) -> str:
    """Return scheme, host and port as the client wrote them, or as a proxy in front says if it is trusted."""
    headers = Headers(scope=scope)
    scheme, host = scope.get("scheme", "http"), headers.get("host", "")
    if trust_forwarded:
        # A chain of proxies appends; the first value is the one nearest to the client.
        scheme = headers.get("x-forwarded-proto", scheme).split(",")[0].strip().lower()
        host = headers.get("x-forwarded-host", host).split(",")[0].strip()
    if scheme not in {"http", "https"}:
        scheme = "http"
    if not _HOST.fullmatch(host):
        name, port = scope.get("server") or ("localhost", None)
        host = f"{name}:{port}" if port else str(name)
    return f"{scheme}://{host}"
