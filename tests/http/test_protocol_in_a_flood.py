"""What is turned away before the steps of the edge: over sockets, beside what the steps themselves answer."""

import asyncio
import re
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from tests.http.toy import KEY, PREVIEW, held_open, toy_edge
from uvicorn import Config
from uvicorn.server import ServerState

from quell.http.body import Limits
from quell.http.flood import FloodGate
from quell.http.pipeline import Edge
from quell.http.protocol import guarded
from quell.observability.requests import Answered

pytestmark = pytest.mark.anyio

TARGET = f"/contentsafety/text:analyze?api-version={PREVIEW}"
BY_THE_STEPS = f"/contentsafety/text:analyze/?api-version={PREVIEW}"
INCIDENTS = f"/contentsafety/text/incidents?api-version={PREVIEW}"
OWN = re.compile(
    rb"^(date|apim-request-id|x-ms-request-id|x-envoy-upstream-service-time): [^\r]*", re.MULTILINE
)
SAID = re.compile(rb"Request Id: [0-9a-f-]{36}, Timestamp: [0-9TZ:-]{20}\.")


@dataclass
class Heard:
    """Keeps what it is told."""

    requests: list[Answered] = field(default_factory=list)

    def answered(self, request: Answered) -> None:
        """Keep it."""
        self.requests.append(request)


@dataclass
class Flooded:
    """A server whose only place is taken, until `release` is set; what the gate told, and its answers."""

    port: int
    heard: Heard
    release: threading.Event
    state: ServerState

    async def ask(self, *pieces: bytes, answers: int = 1) -> tuple[list[bytes], bool]:
        """Send pieces on a new connection; return so many answers, and whether the server ended it then."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0.01)
        async with asyncio.timeout(5):
            found = [await answer_of(reader) for _ in range(answers)]
        try:
            async with asyncio.timeout(0.1):
                ended = await reader.read() == b""
        except TimeoutError:
            ended = False
        writer.close()
        return found, ended


async def answer_of(reader: asyncio.StreamReader) -> bytes:
    """Read one answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    return head + await reader.readexactly(int(re.findall(rb"content-length: (\d+)", head)[0]))


def request(target: str = TARGET, *headers: str, method: str = "POST", body: bytes = b"{}") -> bytes:
    """Return a request as it goes over the wire, with the key and JSON."""
    own = ("Host: x", f"Ocp-Apim-Subscription-Key: {KEY}", "Content-Type: application/json", *headers)
    length = "" if method == "GET" else f"Content-Length: {len(body)}\r\n"
    lines = "".join(f"{line}\r\n" for line in own)
    return f"{method} {target} HTTP/1.1\r\n{lines}{length}\r\n".encode() + (b"" if method == "GET" else body)


def status(answer: bytes) -> int:
    """Return the status of an answer."""
    return int(answer.split(b" ", 2)[1])


def shape(answer: bytes) -> tuple[bytes, list[bytes], bytes]:
    """Return what an answer has in common with others: status line, headers in order, body."""
    head, _, body = answer.partition(b"\r\n\r\n")
    line, *headers = OWN.sub(rb"\1", head).split(b"\r\n")
    return line, sorted(headers), SAID.sub(b"", body)


@asynccontextmanager
async def flooded() -> AsyncIterator[Flooded]:
    """Serve the toy app with one place, which is taken."""
    gate, heard = FloodGate(), Heard()
    entered, release = threading.Semaphore(0), threading.Event()
    edge: Edge = toy_edge(
        routes=held_open(entered, release), limits=Limits(in_flight=1), gate=gate, region="here"
    )
    gate.tell([heard])
    config = Config(edge, log_config=None, lifespan="off", ws="none")
    config.load()
    state, protocol, loop = ServerState(), guarded(10.0, gate), asyncio.get_running_loop()
    server = await loop.create_server(lambda: protocol(config, state, {}, loop), "127.0.0.1", 0)
    made = Flooded(server.sockets[0].getsockname()[1], heard, release, state)
    holding = asyncio.create_task(made.ask(request()))
    await asyncio.to_thread(entered.acquire)
    try:
        yield made
    finally:
        release.set()
        (held,), _ = await holding
        server.close()
        await asyncio.sleep(0.01)
    assert status(held) == 200


async def test_the_answer_is_the_one_of_the_steps() -> None:
    """Headers, code and words are the same, with an id of the client, without one, and with a bad one."""
    async with flooded() as server:
        for headers in ((), ("x-ms-client-request-id: mine",), ("x-ms-client-request-id: ä",)):
            (early,), _ = await server.ask(request(TARGET, *headers))
            told = len(server.heard.requests)
            (late,), _ = await server.ask(request(BY_THE_STEPS, *headers))

            assert status(early) == 429
            assert shape(early) == shape(late)
            assert len(server.heard.requests) == told  # the second went to the steps


async def test_every_answer_has_its_own_id_everywhere() -> None:
    """One id for each request: in both headers, in the message, and in what is told of it."""
    async with flooded() as server:
        answers, _ = await server.ask(*[request()] * 20, answers=20)
        told = [one.named.request_id for one in server.heard.requests]

    named = [re.findall(rb"[0-9a-f]{8}-[0-9a-f-]{27}", answer) for answer in answers]
    assert [len(ids) for ids in named] == [3] * 20
    assert [{one.decode() for one in ids} for ids in named] == [{one} for one in told]
    assert len(set(told)) == 20


async def test_what_is_told_names_operation_version_and_reason() -> None:
    """Metrics, monitor and log hear of a refusal as of any other, and that it came early."""
    async with flooded() as server:
        await server.ask(request())
        (told,) = server.heard.requests

    named = told.named
    assert (told.method, told.status, told.early) == ("POST", 429, True)
    assert (named.operation, named.api_version) == ("TextOperations_AnalyzeText", PREVIEW)
    assert (named.refusal, named.key) == ("in-flight", None)


async def test_a_wrong_key_learns_nothing_in_a_flood() -> None:
    """A right key, a wrong one and none get the same answer."""
    wrong = request().replace(KEY.encode(), b"another")
    async with flooded() as server:
        answers = [(await server.ask(one))[0][0] for one in (request(), wrong)]

    assert status(answers[1]) == 429
    assert shape(answers[0]) == shape(answers[1])


async def test_those_who_manage_get_their_places_in_a_flood() -> None:
    """While hundreds of analyses are turned away, every list of incidents and health check is answered."""
    async with flooded() as server:
        flood = [asyncio.create_task(server.ask(*[request()] * 20, answers=20)) for _ in range(10)]
        asked = [
            server.ask(request(target, method="GET")) for target in (INCIDENTS, "/ready") for _ in range(5)
        ]
        managed = [status(answers[0]) for answers, _ in await asyncio.gather(*asked)]
        refused = [status(answer) for answers, _ in await asyncio.gather(*flood) for answer in answers]

    assert managed == [200] * 10
    assert refused == [429] * 200


async def test_a_place_that_gets_free_is_given_to_the_next() -> None:
    """The gate is open again as soon as the request that held the place has its answer."""
    async with flooded() as server:
        (before,), _ = await server.ask(request())
        server.release.set()
        await asyncio.sleep(0.1)
        (after,), _ = await server.ask(request())

    assert (status(before), status(after)) == (429, 200)


async def test_a_body_is_dropped_and_the_connection_goes_on() -> None:
    """A body in pieces, and one in chunks, behind the answer: what follows on the connection is answered."""
    whole = request(body=b"{" + b" " * 3000 + b"}")
    chunked = request(TARGET, "Transfer-Encoding: chunked").replace(b"Content-Length: 2\r\n", b"")
    chunked = chunked.removesuffix(b"{}") + b"2\r\n{}\r\n0\r\n\r\n"
    async with flooded() as server:
        answers, ended = await server.ask(
            whole[:200], whole[200:1000], whole[1000:], chunked, request("/ready", method="GET"), answers=3
        )

    assert ([status(answer) for answer in answers], ended) == ([429, 429, 200], False)


async def test_a_connection_that_is_to_end_does() -> None:
    """`Connection: close` is heeded, after the body was read."""
    async with flooded() as server:
        (answer,), ended = await server.ask(request(TARGET, "Connection: close"))

    assert (status(answer), ended) == (429, True)
    assert b"\r\nconnection: close\r\n" in answer


async def test_a_broken_body_gets_no_second_answer() -> None:
    """What cannot be read behind the answer ends the connection without a word."""
    broken = request(TARGET, "Transfer-Encoding: chunked").replace(b"Content-Length: 2\r\n", b"")
    broken = broken.removesuffix(b"{}")
    async with flooded() as server:
        (answer,), ended = await server.ask(broken, b"nonsense\r\n")

    assert (status(answer), ended) == (429, True)


async def test_answers_keep_the_order_of_requests() -> None:
    """What is sent behind a request that is still being answered waits for its turn."""
    async with flooded() as server:
        sent = request("/ready", method="GET") + request() + request("/ready", method="GET")
        answers, _ = await server.ask(sent, answers=3)

    assert [status(answer) for answer in answers] == [200, 429, 200]


@pytest.mark.parametrize(
    "unusual",
    [
        request(TARGET, "Expect: 100-continue"),
        request(TARGET).replace(b"HTTP/1.1", b"HTTP/1.0"),
        request(f"{TARGET}&more=1"),
        request(TARGET.upper()),
        request(f"/{TARGET}"),
    ],
    ids=["expect", "1.0", "query", "case", "slashes"],
)
async def test_what_is_unusual_goes_to_the_steps(unusual: bytes) -> None:
    """It is refused all the same, by those who know more."""
    async with flooded() as server:
        (answer,), _ = await server.ask(unusual)

        assert server.heard.requests == []
    assert status(answer) in {404, 429}
