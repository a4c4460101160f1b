"""The worker threads that run encoders: as many as cores, with a queue in front that is bounded twice.

By count, for the memory that waiting calls hold; and by time, since an answer that comes after its client
has left is work for nobody: short calls may wait in hundreds, calls that take a second only by the handful.
"""

import math
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import ParamSpec, TypeVar

from quell.errors import ServerBusy, TooManyRequests
from quell.observability.stages import waited

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""What the libraries under numpy read, once, when they are loaded: how many threads one product may take."""

P = ParamSpec("P")
T = TypeVar("T")

_LONGEST_RETRY = 30
"""The longest time, in seconds, after which a client is told to come back."""


class Workers:
    """Runs at most `count` calls at once, keeps some waiting and refuses the rest.

    At most `queue_limit` wait, and none is taken that would, by how long calls took of late, wait for more
    than `wait_limit` seconds. A call sees the context of who submitted it, so that what it logs and traces
    belongs to the request.
    """

    def __init__(
        self,
        count: int | None = None,
        queue_limit: int = 256,
        wait_limit: float = math.inf,
        *,
        name: str = "work",
    ) -> None:
        self.name = name
        self.count = count or usable_cores()
        self.queue_limit = queue_limit
        self._wait_limit = wait_limit
        self._pace = Pace()
        self._held = 0
        self._busy = 0
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(self.count, thread_name_prefix="quell-worker")

    def submit(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Queue a call and return its future; a full queue raises TooManyRequests, never waits."""
        if (refusal := self.behind()) is not None:
            raise refusal
        self._take_room()
        queued = time.perf_counter()

        def work() -> T:
            self._add(busy=1)
            try:
                waited(self.name, time.perf_counter() - queued)
                return self._pace.timed(call, *args, **kwargs)
            finally:
                self._add(busy=-1)

        try:
            future = self._pool.submit(copy_context().run, work)
        except RuntimeError as closed:
            self._add(held=-1)
            raise ServerBusy("The server is stopping.", reason="stopping") from closed
        # Also called for a future that was cancelled while it waited.
        future.add_done_callback(lambda _: self._add(held=-1))
        return future

    @property
    def busy(self) -> int:
        """How many calls run now."""
        return self._busy

    @property
    def waiting(self) -> int:
        """How many calls were taken and have not begun."""
        return max(self._held - self.count, 0)

    @property
    def expected_wait(self) -> float:
        """The seconds until a call that came now would begin, by how long calls took of late."""
        return self.waiting * self._pace.seconds / self.count

    def behind(self) -> TooManyRequests | None:
        """Return the refusal of a call that would wait for too long if it came now, None if it would not."""
        wait = self.expected_wait
        if wait <= self._wait_limit:
            return None
        return TooManyRequests(retry_after=min(math.ceil(wait), _LONGEST_RETRY), reason="wait")

    def close(self, *, drain: bool = True) -> None:
        """Take no more calls and wait for the running ones; those still waiting run if `drain`, else end."""
        self._pool.shutdown(wait=True, cancel_futures=not drain)

    def _take_room(self) -> None:
        with self._lock:
            if self._held >= self.count + self.queue_limit:
                raise TooManyRequests(retry_after=1, reason="queue")
            self._held += 1

    def _add(self, held: int = 0, busy: int = 0) -> None:
        with self._lock:
            self._held += held
            self._busy += busy


class Pace:
    """How long calls take of late: a moving average of seconds, in which one call in sixteen counts."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def timed(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a call and heed how long it took."""
        begun = time.perf_counter()
        try:
            return call(*args, **kwargs)
        finally:
            # Threads may overwrite each other's step; an average can bear that.
            self.seconds += (time.perf_counter() - begun - self.seconds) / 16


def compute_in_workers_only() -> None:
    """Let no call take threads of its own, unless the operator says how many; before numpy is imported.

    Threads of a matrix product wait for each other by spinning: with one product after the other they take as
    much of a second core as the calls themselves, and give nothing for it where each core has a call.
    """
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")


def usable_cores() -> int:
    """Count the cores this process may run on; in a container they can be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
