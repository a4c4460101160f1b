"""A worker process for tests: counts slowly and writes each step into a file. Orders: {"owner", "folder"}."""

import json
import os
import time
from pathlib import Path

from quell.jobs.child import end_stuck, read_orders, work
from quell.jobs.worker import JobWorker
from tests.jobs.tasks import Counting, bench


class Journaled(list[int]):
    """Marks that are also lines of a file, with the process that made them."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    def append(self, number: int) -> None:
        """Write one mark at once."""
        with self._file.open("a") as file:
            file.write(f"{os.getpid()} {number}\n")


def now() -> int:
    """Return the time in microseconds."""
    return time.time_ns() // 1000


orders = json.loads(read_orders())
folder = Path(orders["folder"])
if (folder / "die").exists():
    raise SystemExit(9)
jobs = bench(folder, Counting(steps=12, pause=0.1, marks=Journaled(folder / "journal")))
worker = JobWorker(
    jobs.database, jobs.store, [jobs.task], now, orders["owner"], on_stuck=end_stuck, lease_seconds=2.0
)
work(worker.run_next, idle_seconds=0.5)
