"""The Content-Type of a body must be one that the operation reads."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from quell.errors import UnsupportedMediaType
from quell.http.context import context_of

JSON_TYPES = frozenset({"application/json", "text/json", "application/merge-patch+json"})
JSON_LINES = "application/x-ndjson"
CSV = "text/csv"
FILE_TYPES = frozenset({JSON_LINES, CSV})


def media_type(headers: Headers) -> str:
    """Return the media type of a body in lower case, without parameters; JSON when the client names none."""
    return headers.get("content-type", "").split(";")[0].strip().lower() or "application/json"


def has_body(headers: Headers) -> bool:
    """Whether the headers announce a body."""
    return "transfer-encoding" in headers or headers.get("content-length", "0").strip() != "0"


class MediaTypeCheck:
    """Refuses bodies of other types with 415, and gives the app one name for all that are JSON."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        operation = context_of(scope).operation
        headers = Headers(scope=scope)
        if operation is not None and operation.body == "file" and media_type(headers) not in FILE_TYPES:
            raise UnsupportedMediaType(f"The Content-Type must be {CSV} or {JSON_LINES}.")
        if operation is not None and operation.body in {"json", "json-lines"}:
            kind = media_type(headers)
            if kind in JSON_TYPES:
                scope = {**scope, "headers": list(scope["headers"])}
                MutableHeaders(scope=scope)["content-type"] = "application/json"
            elif has_body(headers) and not (kind == JSON_LINES and operation.body == "json-lines"):
                raise UnsupportedMediaType
        await self._app(scope, receive, send)
