"""The server's HTTP parser, with what the parser itself does not bound: heads that are too large or too slow.

A connection may wait for a request as long as keep-alive allows. Once it must send one (it is new, or has
begun) the head has `head_seconds` to arrive and `head_bytes` to be in.
"""

import asyncio
import json
import uuid
from asyncio.events import TimerHandle
from http import HTTPStatus
from typing import Any, Literal

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES = 64 * 1024
"""The largest head (request line and headers) that is read, in bytes."""

HEAD_SECONDS = 15.0
"""The time within which a head must have arrived, in seconds."""


class GuardedProtocol(HttpToolsProtocol):
    """Answers what is no request of HTTP, or one whose head is too large or too slow, and lets it go."""

    head_bytes = HEAD_BYTES
    head_seconds = HEAD_SECONDS

    _late: TimerHandle | None = None
    _reading: Literal["nothing", "head", "body"] = "nothing"
    _size = 0
    """Bytes that were read since the last request ended, without those of a body."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn says it narrower, too
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; a connection that has sent something owes the rest of it."""
        if self._reading != "body":
            self._size += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._reading != "body" and self._size > self.head_bytes:
            self._refuse(*_TOO_LARGE)
        elif not self._answering():
            self._expect_head()

    def on_message_begin(self) -> None:
        """Begin to read a head."""
        self._reading = "head"
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Hand a request on whose head is within its bounds."""
        self._size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if self._size > self.head_bytes:
            raise ValueError("too large; the parser reports this as a refusal")
        self._reading = "body"
        self._stop_waiting()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Wait for the next request."""
        self._reading, self._size = "nothing", 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what the parser cannot read."""
        too_large = self._reading == "head" and self._size > self.head_bytes
        self._refuse(*(_TOO_LARGE if too_large else (HTTPStatus.BAD_REQUEST, msg)))

    def _answering(self) -> bool:
        return bool(self.pipeline) or (self.cycle is not None and not self.cycle.response_complete)

    def _expect_head(self) -> None:
        if self._late is None:
            self._late = self.loop.call_later(self.head_seconds, self._too_late)

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _too_late(self) -> None:
        self._late = None
        if self.transport.is_closing() or self._answering():
            return
        if self._reading == "head":
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "The request did not arrive in time.")
        else:
            self.transport.close()

    def _refuse(self, status: HTTPStatus, message: str) -> None:
        if self._answering() and self._reading != "body":
            # Requests that were read before get their answers, unmixed; then the connection ends.
            self.cycle.keep_alive = False
            self.flow.pause_reading()
            return
        half_sent = self._answering() and self.cycle.response_started
        if not self.pipeline and not half_sent:
            self.transport.write(_answer(status, message))
        self.transport.close()


_TOO_LARGE = (HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The headers of the request are too large.")


def guarded(head_seconds: float) -> type[GuardedProtocol]:
    """Return the protocol with another time for heads, in seconds."""
    members: dict[str, Any] = {"head_seconds": head_seconds, "__doc__": GuardedProtocol.__doc__}
    return type("GuardedProtocol", (GuardedProtocol,), members)


def _answer(status: HTTPStatus, message: str) -> bytes:
    """Return a whole answer in the gateway's shape: no request was there for the app to answer."""
    body = json.dumps({"error": {"code": str(status.value), "message": message}}, separators=(",", ":"))
    request_id = uuid.uuid4()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        "content-type: application/json; charset=utf-8\r\n"
        f"content-length: {len(body)}\r\n"
        f"x-ms-error-code: {status.value}\r\n"
        f"apim-request-id: {request_id}\r\n"
        f"x-ms-request-id: {request_id}\r\n"
        "connection: close\r\n"
        "\r\n"
    )
    return (head + body).encode("ascii")
