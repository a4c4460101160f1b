"""Starts a worker process when there is work, again when it dies, and never outlives its own process's end.

The child reads its orders from stdin and keeps reading: the pipe breaks when this process ends, however it
ends, and the child with it. A child without work ends by itself, so an idle server has none.
"""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Sequence

import structlog

from quell.database.base import Database
from quell.errors import QuellError
from quell.jobs.store import JobStore
from quell.workers import ONE_THREAD

_log = structlog.get_logger("quell.jobs")

LOOK = 0.5
"""Seconds between two looks for work."""

SLOWEST_START = 60.0
"""Seconds between two starts at most, however often the child has died."""

_QUICK = 1.0
_STOP_SECONDS = 5.0


class Supervisor:
    """Keeps at most one child at work; `orders` gives what the child with an owner's name must know."""

    def __init__(
        self,
        database: Database,
        store: JobStore,
        *,
        command: Sequence[str],
        orders: Callable[[str], bytes],
        new_id: Callable[[], str],
        clock: Callable[[], int],
    ) -> None:
        self._database = database
        self._store = store
        self._command = list(command)
        self._orders = orders
        self._new_id = new_id
        self._clock = clock
        self._stopping = threading.Event()
        self._deaths = 0
        self._not_before = 0.0
        self._owner = ""
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._watch, name="quell-supervisor", daemon=True)

    def start(self) -> None:
        """Begin to look for work."""
        self._thread.start()

    @property
    def child(self) -> int | None:
        """The process id of the child, None where there is none."""
        return self._child.pid if self._child is not None else None

    def close(self) -> None:
        """End the child; its job goes on at the next start."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        child = self._child
        if child is not None:
            child.terminate()
            try:
                child.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            self._bury(child)

    def _watch(self) -> None:
        while not self._stopping.wait(LOOK):
            try:
                self._look()
            except (QuellError, OSError) as error:
                _log.warning("jobs_not_looked_after", reason=type(error).__name__)

    def _look(self) -> None:
        child = self._child
        if child is not None:
            if child.poll() is None:
                return
            self._bury(child)
        if time.monotonic() >= self._not_before and self._work_waits():
            self._child = self._spawn()

    def _work_waits(self) -> bool:
        with self._database.reading() as tx:
            return self._store.free(tx, self._clock()) > 0

    def _spawn(self) -> subprocess.Popen[bytes]:
        self._owner = self._new_id()
        child = subprocess.Popen(  # noqa: S603 - the command is the composition root's own
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env={**os.environ, **dict.fromkeys(ONE_THREAD, "1")},
            start_new_session=True,  # Ctrl-C is for the server; it ends its child itself
        )
        if child.stdin is not None:
            child.stdin.write(self._orders(self._owner) + b"\n")
            child.stdin.flush()
        return child

    def _bury(self, child: subprocess.Popen[bytes]) -> None:
        self._child = None
        if child.stdin is not None:
            child.stdin.close()
        if child.returncode == 0:
            self._deaths = 0
        else:
            self._deaths += 1
            pause = min(_QUICK * 2 ** (self._deaths - 1), SLOWEST_START) if self._deaths > 1 else 0.0
            self._not_before = time.monotonic() + pause
            if not self._stopping.is_set():
                _log.warning("job_worker_died", code=child.returncode, pause_seconds=pause)
        # It is dead for certain: nobody has to wait until its lease runs out.
        with self._database.transaction() as tx:
            self._store.free_all_of(tx, self._owner, self._clock())
