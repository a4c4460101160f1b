"""Sweeps that callers start: as jobs, slice by slice, each row once, whoever is killed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from quell.app import new_id, now
from quell.blocklists import assembly as list_assembly
from quell.blocklists.matcher import BlocklistMatcher
from quell.database import Database
from quell.database.migrate import migrate
from quell.database.opening import open_database
from quell.errors import InvalidRequestBody, QuellError, ServerBusy
from quell.jobs.store import JobStore
from quell.jobs.worker import JobWorker
from quell.sweep.assembly import Allowed, assemble
from quell.sweep.domain import Columns, Item, Judged, Question
from quell.sweep.judging import RowJudge, TextServices
from quell.sweep.service import SweepService
from quell.sweep.snapshot import open_snapshot
from quell.sweep.store import SweepStore
from quell.sweep.stored import KEPT_HITS, StoredSweep
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
        database = open_snapshot(snapshot)
        lists = list_assembly.assemble(database, "block", new_id=new_id, clock=now)
        judge = Spied(question, TextServices(blocklists=BlocklistMatcher(lists.index)))
        judge.rows, judge.before = self.rows, lambda row: self.before(row)  # noqa: PLW0108 - set later
        judge.held.callback(database.close)
        return judge


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[Stored]:
    """Return the sweeps of an empty data folder beside a folder with posts."""
    database = open_database(tmp_path / "data", database_url(tmp_path), durability="normal")
    migrate(database)
    lists = build_lists(database, "block", now, new_id)
    lists.create("words", "gold", "silver")
    folder = tmp_path / "stored"
    folder.mkdir()
    write_jsonl(folder / "posts.jsonl", texts(COUNT))
    service = assemble(database, (), Allowed({}, folder), new_id=sequence("sweep"), clock=StepClock())
    yield Stored(folder, database, lists, service, [])
    database.close()


def test_a_sweep_is_done_in_slices_and_each_row_once(stored: Stored) -> None:
    """The models are made once for all of them; in between other jobs can be done."""
    sweep = stored.start()
    worker, slices = stored.worker(slice_seconds=0.0), 0

    while worker.run_next():
        slices += 1

    found = stored.service.get(sweep.id)
    assert (found.status, found.rows, found.hit_rows, found.hits) == (
        "Succeeded",
        COUNT,
        len(HITS),
        len(HITS),
    )
    assert stored.hits(sweep) == HITS
    assert stored.rows == list(range(COUNT))
    assert found.counts == (("blocklist", "words", "", len(HITS)),)
    assert slices > 3


def test_what_is_asked_is_what_it_was_at_the_start(stored: Stored) -> None:
    """A list that changes before the work begins changes nothing."""
    sweep = stored.start()
    stored.lists.create("words", "tin")
    stored.worker().run_next()

    assert stored.hits(sweep) == HITS
    (version,) = stored.service.get(sweep.id).versions
    assert (version["kind"], version["name"], version["count"]) == ("blocklist", "words", 2)


def test_a_killed_worker_repeats_no_hit(stored: Stored) -> None:
    """The shard it was at is done again, as a whole, by the next one."""
    sweep = stored.start()

    def killed(row: int) -> None:
        if row == 250:
            raise KeyboardInterrupt

    stored.before = killed
    with pytest.raises(KeyboardInterrupt):
        stored.worker().run_next()
    stored.before = lambda _: None
    with stored.database.transaction() as tx:
        tx.execute("update job set leased_until = 0")
    stored.worker().run_next()

    assert stored.service.get(sweep.id).status == "Succeeded"
    assert stored.hits(sweep) == HITS
    assert stored.rows.count(249) == 2
    assert stored.rows.count(199) == 1


def test_a_deleted_sweep_stops(stored: Stored) -> None:
    """At the next shard, and nothing of it is left."""
    sweep = stored.start()
    stored.before = lambda row: stored.service.delete(sweep.id) if row == 150 else None

    stored.worker().run_next()

    assert max(stored.rows) < 200
    assert stored.service.list(0, 10).items == ()


def test_a_source_that_changes_fails_the_sweep(stored: Stored) -> None:
    """With the reason; what was found so far can be read."""
    sweep = stored.start()
    stored.before = lambda row: (
        write_jsonl(stored.path / "posts.jsonl", texts(9)) and None if row == 150 else None
    )

    stored.worker().run_next()

    found = stored.service.get(sweep.id)
    assert (found.status, found.error) == ("Failed", "The source changed while it was swept.")


def test_a_server_that_does_not_answer_delays_the_sweep(stored: Stored) -> None:
    """Rows are not to blame for it."""
    sweep = stored.start()

    def busy(row: int) -> None:
        if row == 150:
            raise ServerBusy

    stored.before = busy
    stored.worker().run_next()
    found = stored.service.get(sweep.id)
    assert (found.status, found.rows, found.faults) == ("Running", 100, 0)
    stored.before = lambda _: None
    with stored.database.transaction() as tx:
        tx.execute("update job set leased_until = 0")
    stored.worker().run_next()

    assert stored.hits(sweep) == HITS


def test_hits_beyond_those_that_are_kept_are_counted(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first ones are kept."""
    assert KEPT_HITS == 10_000
    monkeypatch.setattr("quell.sweep.store.KEPT_HITS", 60)
    monkeypatch.setattr("quell.sweep.task.KEPT_HITS", 60)
    sweep = stored.start()

    stored.worker().run_next()

    assert stored.service.get(sweep.id).hits == len(HITS)
    assert stored.hits(sweep) == HITS[:60]


@pytest.mark.parametrize(
    ("source", "options", "sentence"),
    [
        ("../data/quell.db", {}, "below the folder"),
        ("absent.jsonl", {}, "below the folder"),
        ("s3://bucket/posts", {}, "blob_stores"),
        ("posts.jsonl", {"question": Question()}, "Nothing is asked"),
        ("posts.jsonl", {"question": Question(blocklists=("absent",))}, "does not exist"),
        ("posts.jsonl", {"format_": "images"}, "cannot be asked of pictures"),
    ],
)
def test_what_cannot_be_swept_is_refused_at_once(
    stored: Stored, source: str, options: dict[str, Any], sentence: str
) -> None:
    """And no job waits for it."""
    with pytest.raises(QuellError, match=sentence):
        stored.start(source, **options)
    assert not stored.worker().run_next()


def test_a_source_that_is_no_input_fails_the_sweep(stored: Stored) -> None:
    """Which is found out when it is read."""
    (stored.path / "notes.txt").write_text("gold")
    sweep = stored.start("notes.txt")

    stored.worker().run_next()

    assert "known ending" in (stored.service.get(sweep.id).error or "")


def test_the_number_of_sweeps_is_bounded(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    """Old ones have to be deleted first."""
    monkeypatch.setattr("quell.sweep.service.MOST_SWEEPS", 2)
    first = stored.start()
    stored.start()
    with pytest.raises(InvalidRequestBody, match="delete old ones"):
        stored.start()

    stored.service.delete(first.id)

    assert stored.start().status == "NotStarted"
