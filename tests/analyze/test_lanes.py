"""Long requests through the workers, a few chunks at a time."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import aclosing
from contextvars import ContextVar
from typing import Any

import pytest

from quell.analyze.lanes import Lanes
from quell.workers import Workers

name: ContextVar[str] = ContextVar("name", default="")


@pytest.fixture
def workers() -> Iterator[Workers]:
    """Return two workers with a queue of two."""
    made = Workers(2, queue_limit=2)
    yield made
    made.close()


async def gathered(lanes: Lanes, call: Callable[[Any], Any], chunks: Iterator[Any]) -> list[Any]:
    """Return everything that a stream yields."""
    async with aclosing(lanes.stream(call, chunks)) as stream:
        return [result async for result in stream]


def test_results_come_in_order(workers: Workers) -> None:
    """A slow chunk is waited for, however fast the others are."""

    def slow_first(number: int) -> int:
        time.sleep(0.05 if number == 0 else 0)
        return 2 * number

    async def run() -> list[int]:
        return await gathered(Lanes(workers), slow_first, iter(range(20)))

    assert asyncio.run(run()) == [2 * number for number in range(20)]


def test_a_result_is_there_before_the_next_is_made(workers: Workers) -> None:
    """What is done is not held back until all is done."""
    release = threading.Event()

    def second_waits(number: int) -> int:
        if number == 1:
            release.wait(10)
        return number

    async def run() -> list[int]:
        found = []
        async with aclosing(Lanes(workers).stream(second_waits, iter(range(3)))) as stream:
            async for number in stream:
                found.append(number)
                release.set()
        return found

    assert asyncio.run(run()) == [0, 1, 2]


def test_a_slow_reader_holds_little(workers: Workers) -> None:
    """Chunks are taken only so far ahead: twice as many as there are workers."""
    taken: list[int] = []

    def chunks() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    async def run() -> list[int]:
        seen = []
        async with aclosing(Lanes(workers).stream(lambda number: number, chunks())) as stream:
            async for number in stream:
                await asyncio.sleep(0.005)
                seen.append(len(taken) - number)
                if number == 20:
                    break
        return seen

    assert max(asyncio.run(run())) <= 4


class Counting(Workers):
    """Workers that know how many calls they hold at most."""

    held = most = 0

    def submit(self, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Count a call until it is done."""
        future = super().submit(call, *args, **kwargs)
        self.held += 1
        self.most = max(self.most, self.held)
        future.add_done_callback(lambda _: setattr(self, "held", self.held - 1))
        return future


def test_many_streams_share_the_lanes() -> None:
    """However many batches are served, the workers hold one chunk of theirs each, and all are finished."""
    workers = Counting(2, queue_limit=200)

    async def run() -> list[list[int]]:
        lanes = Lanes(workers)
        streams = [gathered(lanes, lambda number: number, iter(range(30))) for _ in range(20)]
        return await asyncio.gather(*streams)

    found = asyncio.run(run())
    workers.close()
    assert found == [list(range(30))] * 20
    # A future tells the loop that it is done a moment before its callbacks are through.
    assert workers.most <= 4


def test_a_full_queue_is_waited_for(workers: Workers) -> None:
    """Other requests that fill the queue delay a stream and do not break it."""
    release = threading.Event()
    for _ in range(4):
        workers.submit(release.wait, 10)
    threading.Timer(0.1, release.set).start()

    assert asyncio.run(_simple(workers)) == [0, 1, 2]


async def _simple(workers: Workers) -> list[int]:
    return await gathered(Lanes(workers), lambda number: number, iter(range(3)))


def test_closing_a_stream_gives_the_lanes_back(workers: Workers) -> None:
    """A stream that is left early keeps no lane, and the chunks behind it are not begun."""
    begun: list[int] = []

    async def run() -> list[int]:
        lanes = Lanes(workers)
        async with aclosing(lanes.stream(begun.append, iter(range(100)))) as stream:
            async for _ in stream:
                break
        return await gathered(lanes, lambda number: number, iter(range(5)))

    assert asyncio.run(run()) == [0, 1, 2, 3, 4]
    assert len(begun) <= 4


def test_leaving_does_not_wait_for_the_queue(workers: Workers) -> None:
    """Chunks that wait behind others are given up at once, and never begun."""
    begun: list[int] = []
    release = threading.Event()
    for _ in range(2):
        workers.submit(release.wait, 10)

    async def run() -> bool:
        reading = asyncio.create_task(gathered(Lanes(workers), begun.append, iter(range(9))))
        await asyncio.sleep(0.05)
        reading.cancel()
        done, _ = await asyncio.wait({reading}, timeout=5)
        release.set()
        return bool(done)

    assert asyncio.run(run())
    workers.close()
    assert begun == []


def test_an_error_ends_the_stream(workers: Workers) -> None:
    """What was yielded before it stands; the error is raised in its place."""

    def fail(number: int) -> int:
        if number == 2:
            raise ValueError("refused")
        return number

    found: list[int] = []

    async def run() -> None:
        async for number in Lanes(workers).stream(fail, iter(range(9))):
            found.append(number)  # noqa: PERF401 - what came before the error counts

    with pytest.raises(ValueError, match="refused"):
        asyncio.run(run())
    assert found == [0, 1]


def test_a_chunk_runs_in_the_context_of_its_request(workers: Workers) -> None:
    """What is logged on a worker has the id of the request."""

    async def run() -> list[str]:
        name.set("request-1")
        return await gathered(Lanes(workers), lambda _: name.get(), iter(range(3)))

    assert asyncio.run(run()) == ["request-1"] * 3
