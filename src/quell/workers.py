"""The worker threads that run encoders: as many as cores, with a bounded queue in front."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from quell.errors import ServerBusy, TooManyRequests

P = ParamSpec("P")
T = TypeVar("T")


class Workers:
    """Runs at most `count` calls at once, keeps at most `queue_limit` waiting and refuses the rest."""

    def __init__(self, count: int | None = None, queue_limit: int = 256) -> None:
        self.count = count or usable_cores()
        self._room = threading.BoundedSemaphore(self.count + queue_limit)
        self._pool = ThreadPoolExecutor(self.count, thread_name_prefix="quell-worker")

    def submit(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Queue a call and return its future; a full queue raises TooManyRequests, never waits."""
        if not self._room.acquire(blocking=False):
            raise TooManyRequests(retry_after=1)
        try:
            future = self._pool.submit(call, *args, **kwargs)
        except RuntimeError as closed:
            self._room.release()
            raise ServerBusy("The server is stopping.") from closed
        # Also called for a future that was cancelled while it waited.
        future.add_done_callback(lambda _: self._room.release())
        return future

    def close(self, *, drain: bool = True) -> None:
        """Take no more calls and wait for the running ones; those still waiting run if `drain`, else end."""
        self._pool.shutdown(wait=True, cancel_futures=not drain)


def usable_cores() -> int:
    """Count the cores this process may run on; in a container they can be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
