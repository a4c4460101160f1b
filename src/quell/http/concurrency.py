"""A bound on the requests that are answered at a moment; the others are told when to come back.

A request takes its place behind the reading of its body, so that slow clients take none from the others.
When every place is taken, a request is refused before its body is read and looked at: under overload
refusals are most of what is answered, and what each costs is taken from the requests that are served.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from quell.errors import TooManyRequests
from quell.http.auth import is_open


class Places:
    """The places of the requests that are answered at a moment."""

    def __init__(self, count: int) -> None:
        self.free = count

    def check(self) -> None:
        """Raise TooManyRequests when every place is taken."""
        if self.free <= 0:
            raise TooManyRequests(retry_after=1, reason="in-flight")


class EarlyRefusal:
    """Refuses what would find no place now; health stays answerable under any load."""

    def __init__(self, app: ASGIApp, places: Places) -> None:
        self._app = app
        self._places = places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if not is_open(scope["path"]):
            self._places.check()
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
        self._places.check()
        self._places.free -= 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._places.free += 1
