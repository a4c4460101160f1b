"""The guarded HTTP parser, over sockets: bounded heads, and no answer that could be taken for another."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from uvicorn import Config
from uvicorn.server import ServerState

from quell.http.protocol import HEAD_BYTES, guarded

pytestmark = pytest.mark.anyio

GOOD = b"GET /good HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /read HTTP/1.1\r\nHost: x\r\n"


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the path; read the body first where the path says so."""
    if scope["path"] == "/size":
        read = 0
        while (piece := await receive()).get("more_body") or piece.get("body"):
            read += len(piece["body"])
            if not piece.get("more_body"):
                break
        await PlainTextResponse(f"read {read} bytes")(scope, receive, send)
        return
    if scope["path"] == "/read":
        while (await receive()).get("more_body"):
            pass
    await PlainTextResponse(f"served {scope['path']}")(scope, receive, send)


@asynccontextmanager
async def connection(
    head_seconds: float = 10.0,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Open a connection to a server with the guarded protocol."""
    config = Config(app, log_config=None, lifespan="off", ws="none", timeout_keep_alive=5)
    config.load()
    state, protocol = ServerState(), guarded(head_seconds)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: protocol(config, state, {}, loop), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    try:
        yield reader, writer
    finally:
        writer.transport.abort()
        server.close()
        await asyncio.sleep(0.01)


async def ask(*pieces: bytes, head_seconds: float = 10.0) -> bytes:
    """Send some bytes; return everything up to the end of the connection, or what came within a moment."""
    async with connection(head_seconds) as (reader, writer):
        received = b""
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0.02)
        try:
            async with asyncio.timeout(1):
                while more := await reader.read(65536):
                    received += more
                return received + b"<end>"
        except TimeoutError:
            return received


async def test_a_sound_request_is_served_and_the_connection_stays() -> None:
    """Keep-alive works as before, for requests in one piece and in many."""
    whole = await ask(GOOD, GOOD)
    pieces = await ask(*(GOOD[place : place + 5] for place in range(0, len(GOOD), 5)))

    assert (whole.count(b"served /good"), pieces.count(b"served /good")) == (2, 1)
    assert not whole.endswith(b"<end>")


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00\x01 nothing of the kind\r\n\r\n",
        b"CONNECT elsewhere:443 HTTP/1.1\r\nHost: x\r\n\r\n",
        POST + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nsoup",
        POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        POST + b"Content-Length: +4\r\n\r\nsoup",
        POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-A: one\r\n two\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-A: o\x00ne\r\n\r\n",
        b"GET / HTTP/1.1\nHost: x\n\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
async def test_what_could_be_read_in_two_ways_is_refused(raw: bytes) -> None:
    """Ambiguous lengths, folded lines, NUL bytes: 400 in the gateway's shape, and the connection ends."""
    answer = await ask(raw + GOOD)

    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"x-ms-error-code: 400" in answer
    assert b"apim-request-id: " in answer
    assert answer.endswith(b'{"error":{"code":"400","message":"Invalid HTTP request received."}}<end>')


@pytest.mark.parametrize(
    "head",
    [
        GOOD[:-2] + b"X-A: " + b"a" * HEAD_BYTES + b"\r\n\r\n",
        GOOD[:-2] + b"X-A: " + b"a" * 90_000,
        GOOD[:-2] + b"X-A: a\r\n" * 11_000 + b"\r\n",
        b"GET /" + b"a" * HEAD_BYTES + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\r\n" * 45_000,
    ],
)
async def test_a_large_head_is_refused_as_it_grows(head: bytes) -> None:
    """One long header, many, a long address: 431 whether or not the head would ever end."""
    answer = await ask(*(head[place : place + 50_000] for place in range(0, len(head), 50_000)))

    assert answer.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")


async def test_a_head_within_the_bound_is_read() -> None:
    """What the bound allows is served."""
    answer = await ask(GOOD[:-2] + b"X-A: " + b"a" * (HEAD_BYTES - 100) + b"\r\n\r\n")

    assert b"served /good" in answer


@pytest.mark.parametrize("begun", [b"GET /go", GOOD[:-2], GOOD + b"GET /go"])
async def test_a_head_that_never_ends_is_let_go(begun: bytes) -> None:
    """Half a head, on a new connection or a used one, is 408 after its time, and the connection ends."""
    first, rest = (begun[: len(GOOD)], begun[len(GOOD) :]) if begun.startswith(GOOD) else (begun, b"")

    answer = await ask(first, rest, head_seconds=0.3)

    assert b"HTTP/1.1 408 Request Timeout\r\n" in answer
    assert answer.endswith(b"<end>")


async def test_a_head_that_drips_is_let_go() -> None:
    """A byte now and then does not buy more time."""
    async with connection(0.3) as (reader, writer):
        dripping = asyncio.create_task(_drip(writer))
        async with asyncio.timeout(5):
            answer = await reader.read()
        dripping.cancel()

    assert answer.startswith(b"HTTP/1.1 408 ")


async def _drip(writer: asyncio.StreamWriter) -> None:
    for byte in b"GET / HTTP/1.1\r\nX-A: " + b"a" * 1000:
        writer.write(bytes((byte,)))
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("sent", [b"", b"\r\n"])
async def test_a_silent_connection_ends_without_a_word(sent: bytes) -> None:
    """Who asks nothing is answered nothing: it could be taken for the answer to a later request."""
    assert await ask(sent, head_seconds=0.3) == b"<end>"


async def test_a_body_nobody_reads_buys_no_time() -> None:
    """After the answer the rest of a body that drips in is not waited for."""
    answer = await ask(
        b"POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n", b"a", head_seconds=0.3
    )

    assert answer.count(b"HTTP/1.1 ") == 1
    assert answer.endswith(b"served /early<end>")


OFFER = (
    b"POST /size HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
    b"HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\nContent-Length: 31\r\n\r\n"
)


@pytest.mark.parametrize("size", [1, 7, 10_000])
async def test_the_body_behind_an_offer_to_upgrade_is_a_body(size: int) -> None:
    """Java and curl offer HTTP/2 so; the body must neither be lost nor be taken for another request."""
    sent = OFFER + GOOD + GOOD

    received = await ask(*(sent[place : place + size] for place in range(0, len(sent), size)))

    assert len(GOOD) == 31
    assert (received.count(b"read 31 bytes"), received.count(b"served /good")) == (1, 1)
    assert not received.endswith(b"<end>")


async def test_an_offer_without_a_body_is_answered() -> None:
    """And a connection that is asked for a tunnel is not one."""
    plain = await ask(OFFER.replace(b"Content-Length: 31", b"Content-Length: 0") + GOOD)
    chunked = await ask(
        OFFER.replace(b"Content-Length: 31", b"Transfer-Encoding: chunked") + b"3\r\nabc\r\n0\r\n\r\n" + GOOD
    )

    assert (plain.count(b"read 0 bytes"), plain.count(b"served /good")) == (1, 1)
    assert (chunked.count(b"read 3 bytes"), chunked.count(b"served /good")) == (1, 1)


async def test_pipelined_requests_are_answered_in_order() -> None:
    """Three at once, one of them with a body: three answers in order."""
    read = POST + b"Content-Length: 4\r\n\r\nsoup"

    answer = await ask(GOOD + read + GOOD)

    places = [answer.index(b"served /read"), answer.index(b"served /good"), answer.rindex(b"served /good")]
    assert places[1] < places[0] < places[2]


async def test_nonsense_behind_a_request_does_not_take_its_answer() -> None:
    """The request gets its own answer, and then the connection ends."""
    answer = await ask(GOOD + b"\x00 nonsense\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert answer.endswith(b"served /good<end>")
