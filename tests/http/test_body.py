"""Bodies: too large, too slow, too many."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from fastapi.testclient import TestClient
from starlette.types import Message, Scope
from tests.http.toy import ANALYZE, KEY, toy_client, toy_edge

from quell.http.body import MIB, Limits

HEADERS = {"Ocp-Apim-Subscription-Key": KEY, "Content-Type": "application/json"}


def streamed(size: int) -> Iterator[bytes]:
    """Return a body of this size in pieces, whose length is not declared."""
    yield b'{"text":"'
    for _ in range(size // 65536):
        yield b"a" * 65536


def test_a_body_that_says_it_is_too_large_is_not_read(client: TestClient) -> None:
    """A declared length above the limit is 413 before any of it is read."""
    answer = client.post(ANALYZE, content=b"a" * (8 * MIB + 1))

    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "RequestEntityTooLarge")
    assert "8,388,608 bytes" in answer.json()["error"]["message"]


def test_a_streamed_body_is_counted(client: TestClient) -> None:
    """9 MB without a declared length are 413 too."""
    assert client.post(ANALYZE, content=streamed(9 * MIB)).status_code == 413


def test_the_largest_body_is_read() -> None:
    """A body of exactly the limit is read, one byte more is not."""
    small = toy_client(limits=Limits(body_bytes=100))
    exact = b'{"text":"a"}'.ljust(100)

    assert small.post(ANALYZE, content=exact).status_code == 200
    assert small.post(ANALYZE, content=exact + b" ").status_code == 413


@pytest.mark.parametrize("length", ["x", "-1", "9" * 5000, "1e3", "٣"])
def test_an_odd_content_length_is_refused(client: TestClient, length: str) -> None:
    """A Content-Length that is no number, or an absurd one, is 400 or 413 and nothing worse."""
    request = client.build_request("POST", ANALYZE, content=b"{}")
    request.headers["Content-Length"] = length

    assert client.send(request).status_code in {400, 413}


def test_a_slow_body_is_let_go() -> None:
    """A body that does not arrive in time is 408 and the connection ends."""

    async def trickle() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(30)

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(toy_edge(limits=Limits(body_seconds=0.05)))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            return await client.post(ANALYZE, content=trickle(), headers=HEADERS)

    answer = asyncio.run(ask())

    assert (answer.status_code, answer.json()["error"]["code"]) == (408, "RequestTimeout")
    assert answer.headers["Connection"] == "close"


def test_all_bodies_together_are_bounded() -> None:
    """While held bodies fill the buffer another is 429 with Retry-After; afterwards there is room again."""

    async def ask() -> tuple[httpx.Response, httpx.Response, httpx.Response]:
        edge = toy_edge(limits=Limits(body_bytes=1000, buffered_bytes=1500))
        held, release = asyncio.Event(), asyncio.Event()

        async def half() -> AsyncIterator[bytes]:
            yield b'{"text":"a"' + b" " * 900
            held.set()
            await release.wait()
            yield b"}"

        transport = httpx.ASGITransport(edge)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            first = asyncio.create_task(client.post(ANALYZE, content=half(), headers=HEADERS))
            await held.wait()
            large = b'{"text":"b"}'.ljust(900)
            second = await client.post(ANALYZE, content=large, headers=HEADERS)
            release.set()
            return await first, second, await client.post(ANALYZE, content=large, headers=HEADERS)

    first, second, third = asyncio.run(ask())

    assert (first.status_code, second.status_code, third.status_code) == (200, 429, 200)
    assert second.headers["Retry-After"] == "1"


def test_a_client_that_hangs_up_leaves_nothing_behind() -> None:
    """A connection that ends within a body gets no answer, and its bytes no longer count."""
    edge = toy_edge(limits=Limits(body_bytes=1000, buffered_bytes=1000))
    sent: list[Message] = []

    async def hang_up() -> None:
        messages: list[Message] = [
            {"type": "http.request", "body": b" " * 900, "more_body": True},
            {"type": "http.disconnect"},
        ]

        async def receive() -> Message:
            return messages.pop(0)

        async def send(message: Message) -> None:
            sent.append(message)

        path, _, query = ANALYZE.partition("?")
        scope: Scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
            + [(b"transfer-encoding", b"chunked")],
        }
        await edge(scope, receive, send)

    asyncio.run(hang_up())
    after = TestClient(edge).post(ANALYZE, content=b'{"text":"a"}'.ljust(900), headers=HEADERS)

    assert sent == []
    assert after.status_code == 200


def test_without_a_key_a_body_is_not_read() -> None:
    """A stranger's body is refused before its first byte."""
    answers: list[int] = []

    async def ask() -> None:
        async def receive() -> Message:
            raise AssertionError("the body was read")

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                answers.append(message["status"])

        path, _, query = ANALYZE.partition("?")
        scope: Scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "query_string": query.encode(),
            "headers": [],
        }
        await toy_edge()(scope, receive, send)

    asyncio.run(ask())

    assert answers == [401]


def test_a_thousand_parallel_large_bodies_stay_within_the_buffer() -> None:
    """A thousand streams at once are served or told to come back; what is held never passes the limit."""

    async def ask() -> list[int]:
        edge = toy_edge(limits=Limits(body_bytes=20_000, buffered_bytes=200_000))
        body = json.dumps({"text": "a"}).encode().ljust(10_000)

        async def pieces() -> AsyncIterator[bytes]:
            for start in range(0, len(body), 1000):
                await asyncio.sleep(0)
                yield body[start : start + 1000]

        transport = httpx.ASGITransport(edge)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            calls = [client.post(ANALYZE, content=pieces(), headers=HEADERS) for _ in range(1000)]
            return [answer.status_code for answer in await asyncio.gather(*calls)]

    statuses = asyncio.run(ask())

    assert set(statuses) == {200, 429}
