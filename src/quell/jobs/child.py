"""What makes a process a worker: low priority, an eye on its parent, an end when nothing is left to do."""

import os
import threading
import time
from collections.abc import Callable

import structlog

from quell.errors import ServerBusy

_log = structlog.get_logger("quell.jobs")

NICENESS = 10
IDLE_SECONDS = 20.0
"""How long a child waits for more work before it ends."""

_LOOK = 0.2
ORPHANED, STUCK = 70, 71
"""Exit codes: the parent is gone; work went on without a lease."""


def read_orders(source: int = 0) -> bytes:
    """Return the first line of stdin, and end this process as soon as stdin ends: then the parent has."""
    parent = os.getppid()
    orders = b""
    # Not through sys.stdin: its lock would be held by the watching thread when the interpreter ends.
    while not orders.endswith(b"\n") and (piece := os.read(source, 65_536)):
        orders += piece

    def watch() -> None:
        while os.read(source, 65_536):
            pass
        os._exit(ORPHANED)

    def look() -> None:
        # Another child of the parent may hold the pipe open; the parent's id tells, too.
        while os.getppid() == parent:
            time.sleep(1.0)
        os._exit(ORPHANED)

    for call in (watch, look):
        threading.Thread(target=call, name="quell-parent", daemon=True).start()
    return orders


def be_humble() -> None:
    """Leave the processor to the server wherever it wants it."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)


def end_stuck() -> None:
    """End this process where work does not stop although it must."""
    os._exit(STUCK)


def work(run_next: Callable[[], bool], idle_seconds: float = IDLE_SECONDS) -> None:
    """Do one job after another until there was none for a while."""
    last = time.monotonic()
    while True:
        try:
            done = run_next()
        except ServerBusy as busy:
            # The database is held by somebody, or is away for a moment: that says nothing of jobs.
            _log.warning("job_worker_waits", reason=busy.message)
            last = time.monotonic()
            time.sleep(_LOOK)
            continue
        if done:
            last = time.monotonic()
        elif time.monotonic() - last >= idle_seconds:
            return
        else:
            time.sleep(_LOOK)
