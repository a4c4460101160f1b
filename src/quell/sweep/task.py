"""The job behind a sweep that a caller started: a slice at a time, so that other jobs get their turn.

A slice ends by queueing the next one in the transaction that ends it. Each shard's hits and the place after
it are one commit: whoever is killed, no row is lost and none counts twice.
"""

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from quell.database.base import Database, Transaction
from quell.errors import InvalidRequestBody, QuellError, ServerBusy, TooManyRequests
from quell.jobs.domain import Job, LeaseLost
from quell.jobs.lease import Lease
from quell.jobs.store import JobStore
from quell.sweep.domain import Columns, Judge, Place, Question, Shard
from quell.sweep.planning import Files, Plan, PlanRules, make_plan, read_plan
from quell.sweep.reading import ShardReader
from quell.sweep.results import ShardResult
from quell.sweep.running import check_format, stamp_of
from quell.sweep.service import RANK, SWEEP
from quell.sweep.store import SweepStore
from quell.sweep.stored import KEPT_FAULTS, KEPT_HITS, SOURCE_BYTES, STORED_SHARD_ROWS, StoredSweep

SLICE_SECONDS = 20.0
PLAN_SCALE_BYTES = 1024**3
_PLAN_SHARE = 0.01  # the part of the progress that the plan is

OpenJudge = Callable[[Question, Path, bool], Judge]
"""Makes what judges rows by the snapshot at a path, pictures or texts."""


@dataclass(slots=True)
class _Prepared:
    """A sweep that this process is at: kept from slice to slice, so that models are loaded once."""

    id: str
    place: Place
    reader: ShardReader
    judge: Judge
    plan: Plan
    stamp: str
    shards: Path
    held: ExitStack


class SweepTask:
    """Does sweeps; its subject is the sweep's id."""

    kind = SWEEP

    def __init__(
        self,
        database: Database,
        store: SweepStore,
        jobs: JobStore,
        *,
        open_source: Callable[[str], Place],
        open_judge: OpenJudge,
        clock: Callable[[], int],
        slice_seconds: float = SLICE_SECONDS,
    ) -> None:
        self._database = database
        self._store = store
        self._jobs = jobs
        self._open = open_source
        self._open_judge = open_judge
        self._clock = clock
        self._seconds = slice_seconds
        self._prepared: _Prepared | None = None

    def run(self, lease: Lease) -> None:
        """Do as many shards as there is time for, and queue the rest."""
        try:
            finished = self._slice(lease)
        except (ServerBusy, TooManyRequests):
            raise  # tried again soon, and then nothing has to be listed and loaded anew
        except BaseException:  # whatever ends the slice, the models and files it holds are given back
            self.close()
            raise
        if finished:
            self.close()

    def _slice(self, lease: Lease) -> bool:
        """Return whether the sweep is finished; the job is over either way."""
        sweep, prepared = self._prepare(lease)
        until = time.monotonic() + self._seconds
        # The next slice is as old as the first: the oldest sweep is done before another one begins.
        subject, queued = sweep.id, lease.job.created
        for shard in self._left(prepared, sweep):
            sweep = self._shard(lease, prepared, sweep, shard)
            if time.monotonic() > until and sweep.shards < prepared.plan.shards:
                lease.complete(lambda tx: self._jobs.add(tx, SWEEP, subject, queued, rank=RANK))
                return False
        if stamp_of(prepared.place, _rules(sweep)) != prepared.stamp:
            raise InvalidRequestBody("The source changed while it was swept.", target="source")
        lease.complete(lambda tx: self._store.end(tx, subject, "Succeeded", None, self._clock()))
        return True

    def fail(self, tx: Transaction, job: Job, error: QuellError) -> None:
        """Note why in the sweep."""
        self._store.end(tx, job.subject, "Failed", error.message, self._clock())

    def close(self) -> None:
        """Give back what is kept from slice to slice."""
        if self._prepared is not None:
            self._prepared.held.close()
            self._prepared = None

    def _prepare(self, lease: Lease) -> tuple[StoredSweep, _Prepared]:
        with self._database.reading() as tx:
            sweep = self._store.get(tx, lease.job.subject)
        if sweep is None or sweep.finished:
            raise LeaseLost
        if self._prepared is None or self._prepared.id != sweep.id:
            self.close()
            self._prepared = self._opened(lease, sweep)
        prepared = self._prepared
        if sweep.plan is None:
            begun, plan = sweep.id, asdict(prepared.plan)
            lease.step(lambda tx: self._store.begin(tx, begun, plan, prepared.stamp, self._clock()), b"plan")
            return replace(sweep, plan=plan, stamp=prepared.stamp, status="Running"), prepared
        if sweep.plan != asdict(prepared.plan):
            raise InvalidRequestBody("The source changed while it was swept.", target="source")
        return sweep, prepared

    def _opened(self, lease: Lease, sweep: StoredSweep) -> _Prepared:
        with self._database.reading() as tx:
            snapshot = self._store.snapshot(tx, sweep.id)
        if snapshot is None:
            raise LeaseLost
        rules, question = _rules(sweep), question_of(sweep)
        held = ExitStack()
        try:
            folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="quell-sweep-")))
            (folder / "snapshot.db").write_bytes(snapshot)
            place = self._open(sweep.asked.source)
            held.callback(place.close)
            scale = _scale(place, rules)
            if rules.shard_rows is not None:
                rules = replace(rules, shard_rows=rules.shard_rows * scale)
            stamp = stamp_of(place, rules)
            plan = make_plan(place, rules, folder / "plan.jsonl", lambda _: lease.progress(0.0))
            check_format(question, plan.format)
            judge = self._open_judge(question, folder / "snapshot.db", plan.format == "images")
            held.callback(judge.close)
        except BaseException:  # what was opened before something failed is given back
            held.close()
            raise
        reader = ShardReader(place, rules.columns)
        return _Prepared(sweep.id, place, reader, judge, plan, stamp, folder / "plan.jsonl", held)

    def _left(self, prepared: _Prepared, sweep: StoredSweep) -> Iterator[Shard]:
        return islice(read_plan(prepared.shards), sweep.shards, None)

    def _shard(self, lease: Lease, prepared: _Prepared, sweep: StoredSweep, shard: Shard) -> StoredSweep:
        result = ShardResult(every_row=False, with_text=True)
        for item in prepared.reader.read(shard):
            share = (shard.first + result.rows) / prepared.plan.rows
            lease.progress(_PLAN_SHARE + (1 - _PLAN_SHARE) * share)
            result.add(prepared.judge.judge(item))
        after = _with(sweep, result)
        kept = min(sweep.hits, KEPT_HITS)
        lease.step(
            lambda tx: self._store.advance(tx, after, result.records, kept, self._clock()),
            str(after.shards).encode(),
        )
        return after


def question_of(sweep: StoredSweep) -> Question:
    """Return what a stored sweep asks."""
    members: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in sweep.asked.question.items()
    }
    return Question(**members)


def _rules(sweep: StoredSweep) -> PlanRules:
    format_: Any = sweep.asked.format
    return PlanRules(
        format_, Columns(**sweep.asked.columns), None if format_ == "images" else STORED_SHARD_ROWS
    )


def _with(sweep: StoredSweep, result: ShardResult) -> StoredSweep:
    counts: Counter[tuple[str, str, str]] = Counter({(a, b, c): count for a, b, c, count in sweep.counts})
    counts.update(result.counts)
    room = max(0, KEPT_FAULTS - len(sweep.first_faults))
    return replace(
        sweep,
        rows=sweep.rows + result.rows,
        shards=sweep.shards + 1,
        hit_rows=sweep.hit_rows + result.hit_rows,
        hits=sweep.hits + len(result.records),
        faults=sweep.faults + len(result.faults),
        counts=tuple((*key, count) for key, count in sorted(counts.items())),
        first_faults=(*sweep.first_faults, *(asdict(fault) for fault in result.faults[:room])),
    )


def _scale(place: Place, rules: PlanRules) -> int:
    """Return how many times the usual rows make a shard, so that the plan fits a small `/tmp`."""
    size = sum(file.size for file in Files(place, rules.format))
    if size > SOURCE_BYTES:
        raise InvalidRequestBody(
            f"The source has {size:,} bytes; a server sweeps {SOURCE_BYTES:,} at most. Use quell sweep.",
            target="source",
        )
    return 1 + size // PLAN_SCALE_BYTES
