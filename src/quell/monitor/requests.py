"""The step around the edge that counts requests."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quell.http.context import context_of
from quell.monitor.tally import Tally

UNKNOWN = "unknown"
"""Stands for the operation of a request that was refused and names none."""


class RequestCount:
    """Counts each request by its operation, its status and the milliseconds until all of it was sent.

    Pages and health checks have no operation and are left out, unless they are refused.
    """

    def __init__(self, app: ASGIApp, tally: Tally) -> None:
        self._app = app
        self._tally = tally

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

        try:
            await self._app(scope, receive, watch)
        finally:
            operation = context_of(scope).operation
            if operation is not None or status >= 400:
                spent = (time.perf_counter() - started) * 1000
                self._tally.request(operation.id if operation else UNKNOWN, status, spent)
