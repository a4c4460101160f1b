"""Bodies are read whole before the app sees them: not too large, not too slow, not too many at once."""

import asyncio
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quell.errors import InvalidRequestBody, RequestEntityTooLarge, RequestTimeout, TooManyRequests
from quell.http.context import context_of
from quell.http.errors import error_response

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What the edge takes on; sizes in bytes, times in seconds."""

    body_bytes: int = 8 * MIB
    """The largest body."""
    body_seconds: float = 30.0
    """The time within which a body must have arrived."""
    buffered_bytes: int = 32 * MIB
    """All bodies together that are held at a moment."""
    in_flight: int = 256
    """Requests that are answered at a moment."""


class BodyReader:
    """Reads the body within the limits and hands it on in one piece; bodies nobody reads are left alone."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app = app
        self._limits = limits
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        operation = context_of(scope).operation
        if operation is None or operation.body not in {"json", "json-lines", "file"}:
            await self._app(scope, receive, send)
            return
        self._check_declared(Headers(scope=scope))
        arriving = _Arriving()
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                await self._read(arriving, receive)
        except TimeoutError:
            answer = error_response(RequestTimeout())
            # The rest of the body may still come: it must not be taken for the next request.
            answer.headers["Connection"] = "close"
            await answer(scope, receive, send)
        except ClientDisconnect:
            return
        else:
            await self._app(scope, _replay(arriving.whole(), receive), send)
        finally:
            self._held -= arriving.size

    def _check_declared(self, headers: Headers) -> None:
        declared = headers.get("content-length", "0").strip()
        if not (declared.isascii() and declared.isdigit()):
            raise InvalidRequestBody("The header 'Content-Length' must be a number.", target="Content-Length")
        if len(declared) > 18 or int(declared) > self._limits.body_bytes:
            raise self._too_large()

    async def _read(self, arriving: "_Arriving", receive: Receive) -> None:
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            piece = message.get("body", b"")
            if arriving.size + len(piece) > self._limits.body_bytes:
                raise self._too_large()
            if self._held + len(piece) > self._limits.buffered_bytes:
                raise TooManyRequests(retry_after=1, reason="bodies")
            self._held += len(piece)
            arriving.add(piece)
            more = message.get("more_body", False)

    def _too_large(self) -> RequestEntityTooLarge:
        return RequestEntityTooLarge(
            f"The request body is larger than the {self._limits.body_bytes:,} bytes that this server accepts."
        )


class _Arriving:
    """The pieces of a body that has not arrived in full, and how many bytes of it are held."""

    def __init__(self) -> None:
        self.size = 0
        self._pieces: list[bytes] = []

    def add(self, piece: bytes) -> None:
        self.size += len(piece)
        self._pieces.append(piece)

    def whole(self) -> bytes:
        body = b"".join(self._pieces)
        self._pieces.clear()
        return body


def _replay(body: bytes, receive: Receive) -> Receive:
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return messages.pop() if messages else await receive()

    return replayed
