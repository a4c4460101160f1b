"""Texts on their way to reviewers: encoders' work is for the workers, waiting for another server is not."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import TypeVar

from quell.errors import TooManyRequests
from quell.reviewers.desk import ReviewDesk, Seated
from quell.reviewers.domain import Review
from quell.witness import NOBODY, Witness
from quell.workers import Workers

A = TypeVar("A")
B = TypeVar("B")

_CHUNK = 8
_PATIENCE_SECONDS = 0.05


class Reviewing:
    """Finds reviewers and runs them where they hold up nobody else; `witness` is told of their labels."""

    def __init__(
        self, desk: ReviewDesk, workers: Workers, waiting: Workers, witness: Witness = NOBODY
    ) -> None:
        self.witness = witness
        self._desk = desk
        self._workers = workers
        self._waiting = waiting

    async def review(
        self, text: str, name: str, number: int | None, aoai: tuple[str, str] | None = None
    ) -> tuple[Seated, Review]:
        """Return the reviewer that was found and its review."""
        found = await asyncio.wrap_future(self._workers.submit(self._at_once, text, name, number, aoai))
        seated, review = found
        if review is None:
            review = await asyncio.wrap_future(self._waiting.submit(seated.review, text))
        self.witness.review(name, review.label)
        return seated, review

    async def find(self, name: str, number: int | None) -> Seated:
        """Return the reviewer for a version."""
        return await asyncio.wrap_future(self._workers.submit(self._desk.find, name, number))

    async def in_turn(
        self, seated: Seated, call: Callable[[A], B], items: Sequence[A]
    ) -> AsyncGenerator[Sequence[B], None]:
        """Yield what a call makes of many items, in their order, a few at a time and one worker for all."""
        pool = self._waiting if seated.waits else self._workers
        for start in range(0, len(items), _CHUNK):
            chunk = items[start : start + _CHUNK]
            yield await _patiently(pool, lambda chunk=chunk: [call(item) for item in chunk])  # type: ignore[misc]

    def _at_once(
        self, text: str, name: str, number: int | None, aoai: tuple[str, str] | None
    ) -> tuple[Seated, Review | None]:
        seated = self._desk.find(name, number, aoai=aoai)
        return seated, None if seated.waits else seated.review(text)


async def _patiently(pool: Workers, call: Callable[[], B]) -> B:
    while True:
        try:
            future = pool.submit(call)
        except TooManyRequests:
            await asyncio.sleep(_PATIENCE_SECONDS)
        else:
            return await asyncio.wrap_future(future)
