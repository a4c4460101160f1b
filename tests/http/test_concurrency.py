"""The bound on requests in flight."""

import asyncio
import threading

import httpx
import pytest
from fastapi.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send
from tests.http.toy import KEY, PREVIEW, held_open, toy_edge

from quell.errors import TooManyRequests
from quell.http.body import Limits
from quell.http.concurrency import EarlyRefusal, Places

ASKED = f"/contentsafety/text:analyze?api-version={PREVIEW}"
LIST = f"/contentsafety/text/incidents?api-version={PREVIEW}"


def test_beyond_the_bound_a_request_is_told_to_come_back() -> None:
    """With room for two the third is 429 with Retry-After; health and the list of incidents answer."""
    entered, release = threading.Semaphore(0), threading.Event()
    edge = toy_edge(routes=held_open(entered, release), limits=Limits(in_flight=2))

    async def ask() -> tuple[list[int], httpx.Response, list[int], int]:
        transport = httpx.ASGITransport(edge)
        headers = {"Ocp-Apim-Subscription-Key": KEY}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://testserver", headers=headers
        ) as client:
            waiting = [asyncio.create_task(client.post(ASKED, json={})) for _ in range(2)]
            for _ in waiting:
                await asyncio.to_thread(entered.acquire)
            refused = await client.post(ASKED, json={})
            ready = await client.get("/ready")
            managed = await client.get(LIST)
            release.set()
            served = [answer.status_code for answer in await asyncio.gather(*waiting)]
            return (
                served,
                refused,
                [ready.status_code, managed.status_code],
                (await client.post(ASKED, json={})).status_code,
            )

    served, refused, beside, later = asyncio.run(ask())

    assert (served, beside, later) == ([200, 200], [200, 200], 200)
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "TooManyRequests")
    assert refused.headers["Retry-After"] == "1"


def test_a_refused_request_is_not_read() -> None:
    """With every place taken a request is refused before its body is asked for."""
    asked: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()

    async def receive() -> Message:
        asked.append("body")
        return {"type": "http.request"}

    async def send(_: Message) -> None:
        return None

    places = Places(0, kept=0)
    early = EarlyRefusal(app, places)

    with pytest.raises(TooManyRequests):
        asyncio.run(early({"type": "http", "path": "/contentsafety/text:analyze"}, receive, send))

    assert asked == []
    asyncio.run(early({"type": "http", "path": "/ready"}, receive, send))
    assert asked == ["body"]


def test_content_that_would_wait_too_long_is_refused_before_it_is_read() -> None:
    """With places free and workers behind, analyses are told how long to wait; who manages is answered."""
    late = TooManyRequests(retry_after=12, reason="wait")
    entered, release = threading.Semaphore(0), threading.Event()
    release.set()
    edge = toy_edge(routes=held_open(entered, release), behind=lambda: late)

    with TestClient(edge, headers={"Ocp-Apim-Subscription-Key": KEY}) as client:
        refused = client.post(ASKED, content=b"{", headers={"Content-Type": "application/json"})
        managed = client.get(LIST)

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "12")
    assert managed.status_code == 200
