"""A bound on the requests that are answered at a moment; the others are told when to come back."""

from starlette.types import ASGIApp, Receive, Scope, Send

from quell.errors import TooManyRequests
from quell.http.auth import is_open


class ConcurrencyBound:
    """Answers at most `in_flight` requests at once; health stays answerable under any load.

    It stands behind the reading of bodies, so that slow clients take no place from the others.
    """

    def __init__(self, app: ASGIApp, in_flight: int) -> None:
        self._app = app
        self._free = in_flight

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if is_open(scope["path"]):
            await self._app(scope, receive, send)
            return
        if self._free <= 0:
            raise TooManyRequests(retry_after=1)
        self._free -= 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._free += 1
