"""A bound on the requests that are answered at a moment; the others are told when to come back.

A request takes its place behind the reading of its body, so that slow clients take none from the others.
When every place is taken, a request is refused before its body is read and looked at: under overload
refusals are most of what is answered, and what each costs is taken from the requests that are served.
Most are turned away sooner still, by `quell.http.flood`; these steps have the last word.

A few places are kept for those who run the service: a flood of analyses must not keep anybody from adding
the incident that stops it.
"""

from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from quell.errors import TooManyRequests
from quell.http.auth import is_open
from quell.http.context import context_of
from quell.http.operations import Operation
from quell.http.roles import roles_for

KEPT = 16
"""The places that only operations have which a key for analysis may not ask for."""

IN_FLIGHT = "in-flight"
"""The reason of a refusal for want of a place."""


def is_privileged(operation: Operation | None) -> bool:
    """Whether an operation may have one of the kept places."""
    return operation is not None and "analyze" not in roles_for(operation)


def _never() -> None:
    """Nobody is behind."""


class Places:
    """The places of the requests that are answered at a moment; `count` for all, `kept` beside them.

    `behind` is asked for the refusal of content that would wait for too long, whatever places there are: what
    its client would not wait for need not be read, parsed and decoded first.
    """

    def __init__(
        self, count: int, kept: int = KEPT, behind: Callable[[], TooManyRequests | None] = _never
    ) -> None:
        self.free = count
        self._kept = kept
        self._behind = behind

    def refusal(self, *, privileged: bool) -> TooManyRequests | None:
        """Return why a request cannot be taken on now, None if it can."""
        if self.free <= (-self._kept if privileged else 0):
            return TooManyRequests(retry_after=1, reason=IN_FLIGHT)
        return None if privileged else self._behind()

    def check(self, scope: Scope) -> None:
        """Raise TooManyRequests when a request cannot be taken on now, by what its operation may have."""
        refusal = self.refusal(privileged=is_privileged(context_of(scope).operation))
        if refusal is not None:
            raise refusal


class EarlyRefusal:
    """Refuses what would find no place now; health stays answerable under any load."""

    def __init__(self, app: ASGIApp, places: Places) -> None:
        self._app = app
        self._places = places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if not is_open(scope["path"]):
            self._places.check(scope)
        await self._app(scope, receive, send)


class ConcurrencyBound:
    """Gives each request a place while it is answered; refuses it when there is none."""

    def __init__(self, app: ASGIApp, places: Places) -> None:
        self._app = app
        self._places = places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if is_open(scope["path"]):
            await self._app(scope, receive, send)
            return
        self._places.check(scope)
        self._places.free -= 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._places.free += 1
