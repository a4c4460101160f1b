"""Long requests through the workers: a few chunks at a time for all of them together.

However many batches there are, another request finds at most one of their chunks per worker before it.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator
from contextvars import copy_context
from typing import TypeVar

from quell.errors import TooManyRequests
from quell.workers import Workers

A = TypeVar("A")
B = TypeVar("B")

_PATIENCE_SECONDS = 0.05


class Lanes:
    """As many lanes as there are workers, shared in turn by everybody who streams."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._free = asyncio.Semaphore(workers.count)

    async def stream(self, call: Callable[[A], B], chunks: Iterator[A]) -> AsyncGenerator[B, None]:
        """Yield what `call` makes of the chunks, in their order, each as soon as it is done.

        A chunk is taken from the iterator only when it is nearly its turn, so that no more than twice as
        many results as there are lanes are held for a reader who is slow.
        """
        waiting: deque[asyncio.Task[B]] = deque()
        try:
            while True:
                while len(waiting) < 2 * self._workers.count and (chunk := next(chunks, None)) is not None:
                    waiting.append(asyncio.create_task(self._run(call, chunk)))
                if not waiting:
                    return
                yield await waiting[0]
                waiting.popleft()
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def _run(self, call: Callable[[A], B], chunk: A) -> B:
        async with self._free:
            while True:
                try:
                    # With the request's context, so that what is logged has its id.
                    future = self._workers.submit(copy_context().run, call, chunk)
                except TooManyRequests:
                    await asyncio.sleep(_PATIENCE_SECONDS)
                else:
                    return await asyncio.wrap_future(future)
