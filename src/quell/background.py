"""The composition root of the process that does jobs: settings in, a worker out, models when needed."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from quell.app import load_encoders, new_id, now, reviewer_engines
from quell.blobs.reader import BlobReader
from quell.database import Database
from quell.database.migrate import migrate
from quell.database.opening import open_database
from quell.jobs.domain import Task
from quell.jobs.store import JobStore
from quell.jobs.supervisor import Supervisor
from quell.jobs.worker import JobWorker
from quell.reviewers import assembly as reviewer_assembly
from quell.reviewers.engines import Engines
from quell.settings import Settings
from quell.sweep.task import SweepTask
from quell.sweeping import sweep_task

COMMAND = (sys.executable, "-P", "-m", "quell", "work", "--child")
"""What a supervised child is started with; its orders come through stdin."""


@dataclass(frozen=True, slots=True)
class Background:
    """A worker over a data folder, and what it holds open."""

    worker: JobWorker
    sweeping: SweepTask
    blobs: BlobReader
    database: Database

    def close(self) -> None:
        """Give everything back."""
        self.sweeping.close()
        self.blobs.close()
        self.database.close()


def open_background(
    settings: Settings, owner: str | None = None, *, on_stuck: Callable[[], None] = lambda: None
) -> Background:
    """Open the data folder for a worker; an encoder is loaded with the first job that needs one."""
    database = open_database(settings.data, settings.database, durability=settings.durability)
    migrate(database)
    engines, blobs = reviewer_engines(settings, load_encoders), example_blobs(settings)
    sweeping = sweep_task(settings, database)
    worker = job_worker(database, engines, blobs, owner or new_id(), others=[sweeping], on_stuck=on_stuck)
    return Background(worker, sweeping, blobs, database)


def job_worker(
    database: Database,
    engines: Engines,
    blobs: BlobReader,
    owner: str,
    *,
    others: Sequence[Task] = (),
    on_stuck: Callable[[], None] = lambda: None,
) -> JobWorker:
    """Return what does the jobs of all features."""
    tasks = reviewer_assembly.tasks(database, engines, blobs, new_id=new_id, clock=now)
    return JobWorker(database, JobStore(new_id), [*tasks, *others], now, owner, on_stuck=on_stuck)


def example_blobs(settings: Settings) -> BlobReader:
    """Return what reads examples: the same hosts and stores as for pictures, and the folder of files."""
    return BlobReader.open(
        settings.blob_mode, settings.blob_hosts, settings.blob_stores, settings.blob_folder
    )


def supervisor(settings: Settings, database: Database) -> Supervisor:
    """Return what keeps a child at work for a server; the child gets the settings of this process."""
    members = settings.model_dump(mode="json")

    def orders(owner: str) -> bytes:
        return json.dumps({"owner": owner, "settings": members}).encode()

    return Supervisor(database, JobStore(new_id), command=COMMAND, orders=orders, new_id=new_id, clock=now)


def read_orders(orders: bytes) -> tuple[str, Settings]:
    """Return the name a child works under and the settings of its parent."""
    members: dict[str, Any] = json.loads(orders)
    return str(members["owner"]), Settings(**members["settings"])
