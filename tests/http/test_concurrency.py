"""The bound on requests in flight."""

import asyncio
import threading

import httpx
from tests.http.toy import KEY, PREVIEW, held_open, toy_edge

from quell.http.body import Limits

LIST = f"/contentsafety/text/incidents?api-version={PREVIEW}"


def test_beyond_the_bound_a_request_is_told_to_come_back() -> None:
    """With room for two the third is 429 with Retry-After, health answers, and later there is room again."""
    entered, release = threading.Semaphore(0), threading.Event()
    edge = toy_edge(routes=held_open(entered, release), limits=Limits(in_flight=2))

    async def ask() -> tuple[list[int], httpx.Response, int, int]:
        transport = httpx.ASGITransport(edge)
        headers = {"Ocp-Apim-Subscription-Key": KEY}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://testserver", headers=headers
        ) as client:
            waiting = [asyncio.create_task(client.get(LIST)) for _ in range(2)]
            for _ in waiting:
                await asyncio.to_thread(entered.acquire)
            refused = await client.get(LIST)
            ready = await client.get("/ready")
            release.set()
            served = [answer.status_code for answer in await asyncio.gather(*waiting)]
            return served, refused, ready.status_code, (await client.get(LIST)).status_code

    served, refused, ready, later = asyncio.run(ask())

    assert (served, ready, later) == ([200, 200], 200, 200)
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "TooManyRequests")
    assert refused.headers["Retry-After"] == "1"
