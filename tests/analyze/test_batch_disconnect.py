"""Batches whose client is slow or goes away: the server's own view of the connection."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.types import ASGIApp, Message

from quell.analyze.batch import CHUNK_CHARACTERS, CHUNK_TEXTS, BatchRun, in_chunks
from quell.analyze.batch_schemas import BatchOptions, BatchRow
from quell.analyze.harm_model import ModelHarmAnalyzer
from quell.harms import HarmReading
from tests.doubles import TinyHarms
from tests.house import House, build_house

TEXTS = 4_000
AHEAD = 4 * CHUNK_TEXTS
"""What two workers do ahead of the reader."""


@pytest.fixture
def model() -> TinyHarms:
    """Return a harm model that remembers what it read."""
    return TinyHarms()


@pytest.fixture
def house(tmp_path: Path, model: TinyHarms) -> Iterator[House]:
    """Return a house with that model and two workers."""
    built = build_house(tmp_path, harm=ModelHarmAnalyzer(model))
    yield built
    built.close()


class Connection:
    """One connection as the server sees it; the client reads `reads` pieces, and then nothing more."""

    def __init__(self, reads: int, *, leaves: bool) -> None:
        body = json.dumps({"texts": ["calm"] * TEXTS}).encode()
        self.incoming: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
        self.pieces = 0
        self._reads = reads
        self._leaves = leaves
        self._full = asyncio.Event()

    async def receive(self) -> Message:
        """Give the body, and then, if the client leaves, its leaving."""
        if self.incoming:
            return self.incoming.pop()
        await (self._full if self._leaves else asyncio.Event()).wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Take a piece of the answer."""
        self.pieces += bool(message.get("body"))
        if self.pieces >= self._reads:
            self._full.set()
            await asyncio.Event().wait()


def scope() -> dict[str, object]:
    """Return the request line and headers of a batch."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "path": "/quell/text:batch",
        "raw_path": b"/quell/text:batch",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"content-type", b"application/json"), (b"host", b"safety.example.org")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }


async def served(app: ASGIApp, connection: Connection) -> None:
    """Let the app answer the connection until it is through with it."""
    await app(scope(), connection.receive, connection.send)  # type: ignore[arg-type]


def test_work_stops_when_the_client_goes_away(house: House, model: TinyHarms) -> None:
    """Of thousands of texts only those just before the end were read."""
    app = house.client().app

    asyncio.run(asyncio.wait_for(served(app, Connection(3, leaves=True)), 30))
    house.workers.close()

    assert 3 * CHUNK_TEXTS <= len(model.read) <= 3 * CHUNK_TEXTS + 1 + AHEAD


class Unhurried(TinyHarms):
    """A harm model that takes a millisecond."""

    def analyze(self, text: str) -> HarmReading:
        """Read slowly."""
        time.sleep(0.001)
        return super().analyze(text)


@contextmanager
def listening(app: ASGIApp) -> Iterator[str]:
    """Serve an app on a port of its own; gives its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def test_work_stops_when_a_connection_is_closed(tmp_path: Path) -> None:
    """Over a socket: the first lines are there long before the last text is read, which never is."""
    model = Unhurried()
    house = build_house(tmp_path, harm=ModelHarmAnalyzer(model))
    with listening(house.client().app) as address:
        body = {"texts": ["calm"] * 10_000}
        with httpx.stream("POST", f"{address}/quell/text:batch", json=body, timeout=30) as answer:
            lines = answer.iter_lines()
            first = [json.loads(next(lines))["position"] for _ in range(3)]
        single = httpx.post(f"{address}/quell/text:batch", json={"texts": ["calm"]}, timeout=30)
    house.close()

    assert first == [0, 1, 2]
    assert single.text.count("\n") == 1
    assert len(model.read) < 5_000


def test_a_slow_client_is_waited_for(house: House, model: TinyHarms) -> None:
    """While nobody reads, no more is done than two chunks for each worker."""

    async def run() -> list[int]:
        serving = asyncio.create_task(served(house.client().app, Connection(3, leaves=False)))
        counts = [-1]
        while len(model.read) != counts[-1] or not counts[-1]:
            counts.append(len(model.read))
            await asyncio.sleep(0.2)
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        return counts

    assert max(asyncio.run(asyncio.wait_for(run(), 30))) <= 3 * CHUNK_TEXTS + 1 + AHEAD


def test_other_requests_are_answered_while_a_batch_is_served(house: House) -> None:
    """A single text does not wait for the end of the batch."""
    answered: list[float] = []

    async def run() -> float:
        app = house.client().app
        connection = Connection(10**9, leaves=False)
        batch = asyncio.create_task(served(app, connection))
        while not connection.pieces:
            await asyncio.sleep(0)
        question = BatchOptions().question("shove")
        await asyncio.wrap_future(house.workers.submit(house.analysis().analyze, question))
        answered.append(time.monotonic())
        await batch
        return time.monotonic()

    assert answered < [asyncio.run(asyncio.wait_for(run(), 60))]


def test_a_stopped_run_begins_no_text(house: House, model: TinyHarms) -> None:
    """A chunk that a worker holds already ends with the text at hand."""
    run = BatchRun(house.analysis(), BatchOptions())
    first = run.answer([BatchRow(0, None, "calm")])
    run.stop()

    assert (run.answer([BatchRow(1, None, "calm")]), first.count(b"\n"), len(model.read)) == (b"", 1, 1)


@pytest.mark.parametrize(
    ("lengths", "sizes"),
    [
        ([], []),
        ([10] * (2 * CHUNK_TEXTS + 1), [CHUNK_TEXTS, CHUNK_TEXTS, 1]),
        ([10_000, 10_000, 10], [1, 1, 1]),
        ([CHUNK_CHARACTERS // 2] * 3, [2, 1]),
        ([10, CHUNK_CHARACTERS], [1, 1]),
        ([10, CHUNK_CHARACTERS - 10, 0], [3]),
    ],
)
def test_chunks_are_short(lengths: list[int], sizes: list[int]) -> None:
    """A chunk ends after a few texts or about one record, whichever comes first."""
    rows = [BatchRow(place, None, "x" * length) for place, length in enumerate(lengths)]
    chunks = list(in_chunks(rows))

    assert [len(chunk) for chunk in chunks] == sizes
    assert [row for chunk in chunks for row in chunk] == rows
