"""Many texts on several threads: answers in the order of the texts, and a bar that shows how far they are."""

import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")

_AHEAD = 8  # texts per thread that are read before the oldest is answered


def in_order(texts: Iterable[A], judge: Callable[[A], B], threads: int) -> Iterator[B]:
    """Yield what `judge` says of each text, in their order, reading only a little ahead."""
    waiting: deque[Future[B]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for text in texts:
            waiting.append(pool.submit(judge, text))
            if len(waiting) >= threads * _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def progress() -> AbstractContextManager[Callable[[], None]]:
    """Show a bar on stderr where that is a terminal; gives the function that counts one text more."""
    # Bar and answers would overwrite each other on one terminal.
    if not sys.stderr.isatty() or sys.stdout.isatty():
        return nullcontext(lambda: None)
    from quell.cli.progress import texts_bar

    return texts_bar()
