"""Work that stops when its client leaves."""

import asyncio

import pytest
from starlette.requests import Request
from starlette.types import Message

from quell.errors import ServerBusy
from quell.http.presence import while_there

pytestmark = pytest.mark.anyio


def request(leaves: asyncio.Event) -> Request:
    """Return a request that was read, whose client leaves when it is told to."""

    async def receive() -> Message:
        await leaves.wait()
        return {"type": "http.disconnect"}

    return Request({"type": "http", "method": "POST", "headers": []}, receive)


async def test_who_stays_gets_the_answer() -> None:
    """And nothing waits for the client afterwards."""

    async def work() -> str:
        await asyncio.sleep(0)
        return "done"

    before = len(asyncio.all_tasks())

    assert await while_there(request(asyncio.Event()), work()) == "done"
    assert len(asyncio.all_tasks()) == before


async def test_a_refusal_is_handed_on() -> None:
    """As if the work had been waited for alone."""

    async def work() -> None:
        raise ServerBusy("busy")

    with pytest.raises(ServerBusy):
        await while_there(request(asyncio.Event()), work())


async def test_who_leaves_ends_the_work() -> None:
    """It is cancelled where it stands."""
    leaves, steps = asyncio.Event(), list[str]()

    async def work() -> str:
        steps.append("begun")
        leaves.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            steps.append("cancelled")
            raise
        return "done"

    assert await while_there(request(leaves), work()) is None
    assert steps == ["begun", "cancelled"]
