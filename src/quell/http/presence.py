"""Work for a client that may leave: it stops when nobody waits for the answer any more."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import Request

T = TypeVar("T")

LEFT = 499
"""The status of a request whose client left, as logs of proxies have it; nobody reads the answer."""


async def while_there(request: Request, work: Coroutine[Any, Any, T]) -> T | None:
    """Return what the work gives, or None once the client has gone; the body must have been read before."""
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
