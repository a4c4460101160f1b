"""First of the pipeline: every request gets an id and an address, every answer the service's headers."""

import re
import time
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quell.http.context import begin, context_of
from quell.http.operations import PREFIX, OperationTable

_HOST = re.compile(r"[0-9A-Za-z._-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
_CLIENT_ID = re.compile(r"[\x20-\x7e]{1,256}")
_JSON = "application/json"


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
            operation: ",".join(version.name for version in table.versions_of(operation))
            for operation in (None, *table.rows)
        }
        self._region = region
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
                answer = MutableHeaders(scope=message)
                answer["x-envoy-upstream-service-time"] = str(round((time.monotonic() - started) * 1000))
                answer.update(self._headers(scope, asked))
                if answer.get("content-type") == _JSON:
                    answer["content-type"] = f"{_JSON}; charset=utf-8"
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _headers(self, scope: Scope, asked: Headers) -> Mapping[str, str]:
        context = context_of(scope)
        headers = {
            "apim-request-id": context.request_id,
            "x-ms-request-id": context.request_id,
            "x-ms-region": self._region,
            "x-content-type-options": "nosniff",
        }
        client_id = asked.get("x-ms-client-request-id", "")
        if _CLIENT_ID.fullmatch(client_id):
            headers["x-ms-client-request-id"] = client_id
        if scope["path"].lower().startswith(PREFIX):
            headers["api-supported-versions"] = self._versions[context.operation]
        return headers


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
