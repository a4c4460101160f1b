"""Many texts through the workers."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from typing import Any

import pytest

from quell.errors import TooManyRequests
from quell.incidents.chunks import in_chunks
from quell.workers import Workers


@pytest.fixture
def workers() -> Iterator[Workers]:
    """Return two workers with a queue of two."""
    made = Workers(2, queue_limit=2)
    yield made
    made.close()


def doubled(chunk: Sequence[int]) -> list[int]:
    """Return each number twice as large."""
    return [2 * number for number in chunk]


def test_results_keep_the_order(workers: Workers) -> None:
    """However the chunks are spread, the results are those of one call over all items."""
    items = list(range(103))

    assert asyncio.run(in_chunks(workers, doubled, items, size=10)) == doubled(items)


def test_nothing_is_done_for_no_items(workers: Workers) -> None:
    """No items, no results."""
    assert asyncio.run(in_chunks(workers, doubled, [])) == []


def test_chunks_run_at_the_same_time_on_all_workers(workers: Workers) -> None:
    """Two workers hold two chunks at once, and never more than that are queued."""
    meeting = threading.Barrier(2, timeout=10)

    def meet(chunk: Sequence[int]) -> list[int]:
        meeting.wait()
        return list(chunk)

    assert asyncio.run(in_chunks(workers, meet, [1, 2, 3, 4], size=1)) == [1, 2, 3, 4]


@pytest.mark.parametrize(("count", "sizes"), [(1, [1]), (5, [2, 3]), (33, [1, 16, 16])])
def test_few_items_are_shared_out_evenly(workers: Workers, count: int, sizes: list[int]) -> None:
    """A handful is spread over all workers, more come in chunks of sixteen."""
    seen: list[int] = []

    def note(chunk: Sequence[int]) -> list[int]:
        seen.append(len(chunk))
        return list(chunk)

    asyncio.run(in_chunks(workers, note, list(range(count))))
    assert sorted(seen) == sizes


def fill(workers: Workers) -> Callable[[], None]:
    """Fill the workers and their queue; return what lets them go on."""
    release = threading.Event()
    for _ in range(4):
        workers.submit(release.wait, 10)
    return release.set


def test_a_full_queue_refuses_at_the_first_chunk(workers: Workers) -> None:
    """A request for which there is no room is refused before anything is done."""
    done: list[int] = []
    release = fill(workers)

    with pytest.raises(TooManyRequests):
        asyncio.run(in_chunks(workers, done.extend, [1, 2, 3], size=1))  # type: ignore[arg-type]
    release()
    assert done == []


class Reluctant(Workers):
    """Workers whose queue is full at every second call."""

    calls = 0

    def submit(self, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Queue a call, or refuse it."""
        self.calls += 1
        if self.calls % 2 == 0:
            raise TooManyRequests(retry_after=1)
        return super().submit(call, *args, **kwargs)


def test_a_queue_that_fills_up_later_is_waited_for() -> None:
    """What was begun is finished: later chunks wait until there is room."""
    workers = Reluctant(1)

    assert asyncio.run(in_chunks(workers, doubled, [1, 2, 3], size=1)) == [2, 4, 6]
    assert workers.calls == 5
    workers.close()


def test_an_error_in_one_chunk_ends_the_request(workers: Workers) -> None:
    """The first error is raised, and the chunks behind it are not begun."""
    begun: list[int] = []

    def fail(chunk: Sequence[int]) -> list[int]:
        begun.extend(chunk)
        raise ValueError("refused")

    with pytest.raises(ValueError, match="refused"):
        asyncio.run(in_chunks(workers, fail, list(range(50)), size=1))
    assert len(begun) <= 4
