"""The server's HTTP parser, with what the parser itself does not bound: heads that are too large or too slow.

A connection may wait for a request as long as keep-alive allows. Once it must send one (it is new, or has
begun) the head has `head_seconds` to arrive and `head_bytes` to be in.

What the flood gate turns away is answered from here, and the rest of it is read and dropped.
"""

import asyncio
import json
import uuid
from asyncio.events import TimerHandle
from http import HTTPStatus
from typing import Any, Literal

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from quell.http.flood import FloodGate

HEAD_BYTES = 64 * 1024
"""The largest head (request line and headers) that is read, in bytes."""

HEAD_SECONDS = 15.0
"""The time within which a head must have arrived, in seconds."""


class _PlainParser:
    """The parser, for which the offer of another protocol (`Upgrade: h2c`, which Java makes) is an offer.

    httptools skips the body of such a request and takes it for what follows: the head is read again without.
    """

    def __init__(self, protocol: "GuardedProtocol") -> None:
        self._protocol = protocol
        self._parser = httptools.HttpRequestParser(protocol)

    def feed_data(self, data: bytes) -> None:
        """Read on."""
        while True:
            try:
                self._parser.feed_data(data)
            except httptools.HttpParserUpgrade as offered:
                if not self._protocol.offered:
                    raise
                data = self._protocol.plain_head() + data[offered.args[0] :]
                self._parser = httptools.HttpRequestParser(self._protocol)
            else:
                return

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the parser has
        return getattr(self._parser, name)


_OFFER = frozenset({b"upgrade", b"http2-settings"})


class GuardedProtocol(HttpToolsProtocol):
    """Answers what is no request of HTTP, or one whose head is too large or too slow, and lets it go."""

    head_bytes = HEAD_BYTES
    head_seconds = HEAD_SECONDS
    gate: FloodGate | None = None

    _late: TimerHandle | None = None
    _reading: Literal["nothing", "head", "body"] = "nothing"
    _size = 0
    """Bytes that were read since the last request ended, without those of a body."""
    _turned_away: Literal["", "stay", "close"] = ""
    """Whether the request that is read now has its answer already, and what becomes of the connection."""
    offered = False
    """Whether the head that was read offers another protocol."""
    _rests = False
    """Whether the last request of what was read was turned away, so that nothing follows from an answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn says it narrower, too
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self.parser = _PlainParser(self)  # type: ignore[assignment]  # what is used of it is there
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; a connection that has sent something owes the rest of it."""
        if self._reading != "body":
            self._size += len(data)
        self._rests = False
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._reading != "body" and self._size > self.head_bytes:
            self._refuse(*_TOO_LARGE)
        elif not self._answering():
            if self._rests and self._reading == "nothing":
                self._keep_alive()
            else:
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
        if self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT":
            self.offered = True
            return
        self._reading = "body"
        self._stop_waiting()
        if self.gate is None or not self._turn_away(self.gate):
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Hand a piece of a body on, unless its request has its answer."""
        if not self._turned_away:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Wait for the next request."""
        if self.offered:
            return  # its head is about to be read again
        self._reading, self._size = "nothing", 0
        if not self._turned_away:
            super().on_message_complete()
            return
        self._stop_waiting()
        self._rests = True
        if self._turned_away == "close":
            self.transport.close()
        self._turned_away = ""

    def plain_head(self) -> bytes:
        """Return the head that was just read, without its offer of another protocol."""
        self.offered = False
        version = self.parser.get_http_version().encode()
        lines = [self.parser.get_method() + b" " + self.url + b" HTTP/" + version]
        for name, value in self.headers:
            if name in _OFFER:
                continue
            parts = value.split(b",") if name == b"connection" else [value]
            kept = [part for part in parts if part.strip().lower() not in _OFFER]
            lines.append(name + b": " + b",".join(kept))
        return b"\r\n".join(lines) + b"\r\n\r\n"

    def _turn_away(self, gate: FloodGate) -> bool:
        """Answer a request at once if the gate says so; what is unusual about it is left to uvicorn."""
        parser = self.parser
        unusual = self.expect_100_continue or self._answering() or self.flow.write_paused
        if unusual or parser.get_method() != b"POST":
            return False
        if parser.get_http_version() != "1.1":
            return False
        stays = parser.should_keep_alive()
        first = [name + b": " + value + b"\r\n" for name, value in self.server_state.default_headers]
        answer = gate.answer(self.url, self.headers, b"".join(first) + (b"" if stays else _CLOSING))
        if answer is None:
            return False
        self._turned_away = "stay" if stays else "close"
        self.transport.write(answer)
        self.server_state.total_requests += 1
        return True

    def send_400_response(self, msg: str) -> None:
        """Refuse what the parser cannot read."""
        too_large = self._reading == "head" and self._size > self.head_bytes
        self._refuse(*(_TOO_LARGE if too_large else (HTTPStatus.BAD_REQUEST, msg)))

    def _keep_alive(self) -> None:
        """Wait for another request as long as behind any other answer."""
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )

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
        if not self.pipeline and not half_sent and not self._turned_away:
            self.transport.write(_answer(status, message))
        self.transport.close()


_CLOSING = b"connection: close\r\n"
_TOO_LARGE = (HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The headers of the request are too large.")


def guarded(head_seconds: float, gate: FloodGate | None = None) -> type[GuardedProtocol]:
    """Return the protocol with another time for heads, in seconds, and with a gate that turns away."""
    members: dict[str, Any] = {
        "head_seconds": head_seconds,
        "gate": gate,
        "__doc__": GuardedProtocol.__doc__,
    }
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
