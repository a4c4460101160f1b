"""What is refused by its request line alone while the server cannot take it on, before all else is done.

Under overload most of what is answered is refusals, and what each costs is taken from the requests that are
served. One that is turned away here costs a fraction of one that goes to the steps of the edge: no scope, no
task, no key. It is only for what those steps would surely hold up: the operations that judge content, written
as clients write them. Whatever is in doubt goes on to the steps, among them all that reads or manages.

    parser ─▶ FloodGate ─▶ edge: identity, …, key, role, version, rate ─▶ EarlyRefusal ─▶ …

The answers are those of the steps: each is rendered by them, once a second and target, and then repeated
with fresh ids. Nobody's key was looked at, so that a key is neither right nor wrong here.
"""

import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextvars import copy_context
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quell.errors import TooManyRequests
from quell.http.api_version import KNOWN
from quell.http.concurrency import Places, is_privileged
from quell.http.context import context_of, fresh_id
from quell.http.identity import client_id_of
from quell.http.operations import Operation, OperationTable
from quell.observability.requests import Answered, Named, Observer

RawHeaders = Iterable[tuple[bytes, bytes]]

_CLIENT_ID = b"x-ms-client-request-id"


@dataclass(slots=True)
class _Target:
    """One request line that may be turned away, and its answer as it is in this second."""

    path: str
    query: bytes
    operation: str
    api_version: str | None
    at: tuple[int, str] = (-1, "")
    """The second, and the reason of the refusal."""
    pieces: tuple[bytes, ...] = ()
    """Headers and body, cut where the request's id stands; without the status line."""


class FloodGate:
    """Says whether a request is turned away, and with what; stands open until it is told what to guard."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._places = Places(1)
        self._targets: dict[bytes, _Target] = {}
        self._render: Callable[[ASGIApp], ASGIApp] = _bare
        self._observers: tuple[Observer, ...] = ()

    def guard(self, places: Places, table: OperationTable, rendering: Callable[[ASGIApp], ASGIApp]) -> None:
        """Turn away what would find no place; `rendering` puts the steps that shape an answer around one."""
        self._places = places
        self._render = rendering
        self._targets = {
            (target.path + (f"?{target.query.decode()}" if target.query else "")).encode(): target
            for operation in table.rows
            for target in _targets(operation, table)
        }

    def tell(self, observers: Sequence[Observer]) -> None:
        """Tell these of what is turned away."""
        self._observers = tuple(observers)

    def answer(self, url: bytes, headers: RawHeaders, first: bytes) -> bytes | None:
        """Return the whole answer to a POST that is turned away, None for one that may go on.

        `url` is the target as it was sent, the names of headers are in lower case, and `first` are headers
        of the server that go before the others, each with its line end.
        """
        target = self._targets.get(url)
        if target is None or (refusal := self._places.refusal(privileged=False)) is None:
            return None
        begun = time.perf_counter()
        at = (int(self._clock()), refusal.reason)
        if target.at != at:
            target.pieces, target.at = self._pieces(target, refusal), at
        request_id = fresh_id()
        given = next((value for name, value in headers if name == _CLIENT_ID), b"")
        client_id = client_id_of(given.decode("latin-1")) if given else None
        own = b"%b: %b\r\n" % (_CLIENT_ID, client_id) if client_id else b""
        whole = b"HTTP/1.1 429 Too Many Requests\r\n" + first + own + request_id.encode().join(target.pieces)
        named = Named(target.operation, target.api_version, request_id, refusal.reason)
        over = Answered("POST", refusal.status, time.perf_counter() - begun, named, early=True)
        for observer in self._observers:
            observer.answered(over)
        return whole

    def _pieces(self, target: _Target, refusal: TooManyRequests) -> tuple[bytes, ...]:
        """Render the answer to a target by the steps that render any answer."""
        scope: Scope = {
            "type": "http",
            "method": "POST",
            "scheme": "http",
            "path": target.path.replace("%3A", ":"),
            "raw_path": target.path.encode(),
            "query_string": target.query,
            "headers": [],
            "server": None,
        }
        messages: list[Message] = []

        async def refuse(_: Scope, __: Receive, ___: Send) -> None:
            raise refusal

        async def keep(message: Message) -> None:
            messages.append(message)

        # In a context of its own: a step notes the request's id in it.
        copy_context().run(_finish, self._render(refuse)(scope, _nothing, keep))
        lines = [b"%b: %b\r\n" % header for header in messages[0]["headers"]]
        body = b"".join(message.get("body", b"") for message in messages[1:])
        return tuple((b"".join(lines) + b"\r\n" + body).split(context_of(scope).request_id.encode()))


def _targets(operation: Operation, table: OperationTable) -> list[_Target]:
    """Return the ways in which clients write the request line of an operation, if it may be turned away."""
    closed = is_privileged(operation) or operation.method != "POST" or operation.state != "served"
    if closed or "{" in operation.path:
        return []
    spellings = (operation.path, operation.path.replace(":", "%3A"))
    if operation.own:
        return [_Target(path, b"", operation.id, None) for path in spellings]
    return [
        _Target(path, f"api-version={version.name}".encode(), operation.id, version.name)
        for path in spellings
        for version in KNOWN
        if operation.exists_in(version, strict=table.strict)
    ]


def _bare(app: ASGIApp) -> ASGIApp:
    return app


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


def _finish(running: Awaitable[None]) -> None:
    """Run what waits for nothing to its end."""
    for _ in running.__await__():
        raise RuntimeError("a step that renders answers waited for something")
