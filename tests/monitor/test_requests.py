"""Counting around the edge."""

import pytest
from starlette.types import Message, Receive, Scope, Send

from quell.monitor.domain import Key
from quell.monitor.requests import RequestCount
from quell.monitor.tally import Tally
from tests.monitor.test_tally import Hand


async def _receive() -> Message:
    return {"type": "http.disconnect"}


async def _send(message: Message) -> None:
    del message


async def asked(status: int, kind: str = "http") -> dict[Key, int]:
    """Return what is counted of a request without an operation that is answered so; 0 raises."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        if not status:
            raise ConnectionError
        await send({"type": "http.response.start", "status": status, "headers": []})

    tally = Tally(Hand())
    count = RequestCount(app, tally)
    if status:
        await count({"type": kind}, _receive, _send)
    else:
        with pytest.raises(ConnectionError):
            await count({"type": kind}, _receive, _send)
    return {key: value for key, value in tally.counts().items() if key.kind == "request"}


@pytest.mark.anyio
async def test_pages_and_health_checks_are_left_out() -> None:
    """They name no operation and are answered; a refusal counts, as does nothing of a lifespan."""
    assert await asked(200) == {}
    assert await asked(0) == {}
    assert await asked(404, "lifespan") == {}
    assert await asked(404) == {Key(100, "request", "unknown/4xx"): 1}
    assert await asked(503) == {Key(100, "request", "unknown/5xx"): 1}
