"""The outermost step of the server: each request is timed once, and all who observe hear of it."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quell.observability.stages import Follower, following


@dataclass(frozen=True, slots=True)
class Named:
    """What may be told of a request: never its path or query, which are the client's words."""

    operation: str | None = None
    """The operation that it names, None where it names none."""
    api_version: str | None = None
    request_id: str = ""
    refusal: str = ""
    """Why the server could not take it on just now, "" where it could."""
    key: str | None = None
    """The name of the key it came with, None where it came with none."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A request that is over; `status` is 0 where no answer began, `seconds` last until all was sent."""

    method: str
    status: int
    seconds: float
    named: Named
    trace_id: str = ""
    """The id of its trace, "" where it is not traced."""
    early: bool = False
    """Whether it was turned away before anything was made for it: one of many, and told in the plural."""


class Observer(Protocol):
    """Hears of every request, after its answer; takes next to no time and never fails."""

    def answered(self, request: Answered) -> None:
        """Hear of a request that is over."""


class Tracer(Protocol):
    """Follows a request from its first moment."""

    def request(self, scope: Scope) -> AbstractContextManager["Trace | None"]:
        """Return what is entered when a request begins and left when it is over; None is not traced."""

    def flush(self) -> None:
        """Send what there is now."""

    def close(self) -> None:
        """Send what is left, and trace no more."""


class Trace(Follower, Protocol):
    """The following of one request."""

    @property
    def trace_id(self) -> str:
        """The id of the trace."""

    def answered(self, request: Answered) -> None:
        """Hear of the answer, before the trace ends."""


class RequestStep:
    """Times each request, counts those at work and tells the observers."""

    def __init__(
        self,
        app: ASGIApp,
        describe: Callable[[Scope], Named],
        observers: Sequence[Observer],
        *,
        follower: Follower | None = None,
        tracer: Tracer | None = None,
    ) -> None:
        self.in_flight = 0
        """The requests that are being answered, the ones whose body is still awaited included."""
        self._app = app
        self._describe = describe
        self._observers = tuple(observers)
        self._follower = follower
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        self.in_flight += 1
        with nullcontext() if self._tracer is None else self._tracer.request(scope) as trace:
            try:
                with following(self._follower if trace is None else trace):
                    await self._app(scope, receive, watch)
            finally:
                self.in_flight -= 1
                seconds = time.perf_counter() - started
                trace_id = "" if trace is None else trace.trace_id
                over = Answered(scope["method"], status, seconds, self._describe(scope), trace_id)
                for observer in self._observers:
                    observer.answered(over)
                if trace is not None:
                    trace.answered(over)
