"""A data folder with sweeps, and workers on them that a test can look into."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quell.app import new_id, now
from quell.blocklists import assembly as list_assembly
from quell.blocklists.matcher import BlocklistMatcher
from quell.database import Database
from quell.database.migrate import migrate
from quell.database.opening import open_database
from quell.jobs.store import JobStore
from quell.jobs.worker import JobWorker
from quell.sweep.assembly import Allowed, assemble
from quell.sweep.domain import Columns, Item, Judged, Question
from quell.sweep.judging import RowJudge, TextServices
from quell.sweep.service import SweepService
from quell.sweep.snapshot import open_snapshot
from quell.sweep.store import SweepStore
from quell.sweep.stored import StoredSweep
from quell.sweep.task import SweepTask
from tests.blocklists.lists import Lists, build_lists
from tests.databases import database_url
from tests.doubles import StepClock, sequence
from tests.sweep.bench import WORDS, texts, write_jsonl

COUNT = 450
HITS = [number for number, (_, text) in enumerate(texts(COUNT)) if "gold" in text]


class Spied(RowJudge):
    """A judge that notes its rows, and lets a test do something before one."""

    __slots__ = ("before", "rows")

    def judge(self, item: Item) -> Judged:
        """Judge a row."""
        self.rows.append(item.row)
        self.before(item.row)
        return super().judge(item)


@dataclass
class Stored:
    """The sweeps of a data folder, and workers on them."""

    path: Path
    database: Database
    lists: Lists
    service: SweepService
    rows: list[int]
    before: Callable[[int], None] = lambda _: None
    judges: int = 0

    def start(self, source: str = "posts.jsonl", **options: Any) -> StoredSweep:
        """Start a sweep for the words."""
        return self.service.start(source, options.pop("question", WORDS), Columns(), **options)

    def worker(self, slice_seconds: float = 60.0) -> JobWorker:
        """Return a process of its own, as it were."""
        clock = StepClock()
        task = SweepTask(
            self.database,
            SweepStore(),
            JobStore(new_id),
            open_source=Allowed({}, self.path).open,
            open_judge=self._judge,
            clock=clock,
            slice_seconds=slice_seconds,
        )
        return JobWorker(self.database, JobStore(new_id), [task], now, new_id())

    def hits(self, sweep: StoredSweep) -> list[int]:
        """Return the rows of the hits."""
        return [int(hit["row"]) for hit in self.service.hits(sweep.id, 0, 100_000).items]

    def _judge(self, question: Question, snapshot: Path, images: bool) -> RowJudge:
        assert not images
        self.judges += 1
        database = open_snapshot(snapshot)
        lists = list_assembly.assemble(database, "block", new_id=new_id, clock=now)
        judge = Spied(question, TextServices(blocklists=BlocklistMatcher(lists.index)))
        judge.rows, judge.before = self.rows, lambda row: self.before(row)  # noqa: PLW0108 - set later
        judge.held.callback(database.close)
        return judge


def build_stored(path: Path) -> Stored:
    """Return the sweeps of an empty data folder beside a folder with posts."""
    database = open_database(path / "data", database_url(path), durability="normal")
    migrate(database)
    lists = build_lists(database, "block", now, new_id)
    lists.create("words", "gold", "silver")
    folder = path / "stored"
    folder.mkdir()
    write_jsonl(folder / "posts.jsonl", texts(COUNT))
    service = assemble(database, (), Allowed({}, folder), new_id=sequence("sweep"), clock=StepClock())
    return Stored(folder, database, lists, service, [])
