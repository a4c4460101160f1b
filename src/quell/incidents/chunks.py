"""Many texts through the workers, a few at a time, so that other requests get their turn in between."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from quell.errors import TooManyRequests
from quell.workers import Workers

A = TypeVar("A")
B = TypeVar("B")

LARGEST_CHUNK = 16
"""Texts of one job at most: long enough to make its overhead small, short enough for the next in line."""

_PATIENCE_SECONDS = 0.05


async def in_chunks(
    workers: Workers, call: Callable[[Sequence[A]], Sequence[B]], items: Sequence[A], size: int | None = None
) -> list[B]:
    """Return what `call` makes of the items, in their order; as many chunks at once as there are workers.

    A full queue refuses the request at its first chunk; later chunks wait for room.
    """
    if not items:
        return []
    # Few items are shared out evenly, so that a handful of samples is live as soon as possible.
    size = size or min(LARGEST_CHUNK, -(-len(items) // workers.count))
    chunks = [items[start : start + size] for start in range(0, len(items), size)]
    results: list[Sequence[B]] = [()] * len(chunks)
    waiting = iter(enumerate(chunks))
    next(waiting)
    first = asyncio.wrap_future(workers.submit(call, chunks[0]))
    lanes = [asyncio.ensure_future(_lane(workers, call, waiting, results)) for _ in range(workers.count - 1)]
    try:
        results[0] = await first
        await _lane(workers, call, waiting, results)
        await asyncio.gather(*lanes)
    finally:
        for lane in lanes:
            lane.cancel()
        await asyncio.gather(*lanes, return_exceptions=True)
    return [result for part in results for result in part]


async def _lane(
    workers: Workers,
    call: Callable[[Sequence[A]], Sequence[B]],
    waiting: Iterator[tuple[int, Sequence[A]]],
    results: list[Sequence[B]],
) -> None:
    for number, chunk in waiting:
        results[number] = await _when_there_is_room(workers, call, chunk)


async def _when_there_is_room(
    workers: Workers, call: Callable[[Sequence[A]], Sequence[B]], chunk: Sequence[A]
) -> Sequence[B]:
    while True:
        try:
            return await asyncio.wrap_future(workers.submit(call, chunk))
        except TooManyRequests:
            await asyncio.sleep(_PATIENCE_SECONDS)
