"""Shards in several processes of this machine; a process that is killed loses nothing but its time."""

import multiprocessing
import os
import signal
import threading
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import structlog

from quell.errors import InternalError
from quell.sweep.domain import Shard
from quell.sweep.work import MOST_ATTEMPTS, ShardWork, WorkOpener
from quell.workers import compute_in_workers_only

_log = structlog.get_logger("quell.sweep")
_AHEAD = 2  # shards that wait for each process: none stands idle while the one before is written
_ORPHANED = 70

_Pending = dict["Future[bytes]", Shard]


class PoolEngine:
    """Does shards with so many processes, each with models of its own, loaded once."""

    def __init__(self, processes: int) -> None:
        self._processes = processes

    def run(self, opener: WorkOpener, snapshot: Path, shards: Iterator[Shard]) -> Iterator[tuple[int, bytes]]:
        """Yield the number and the file of each shard; the pool is made anew when one of it was killed."""
        compute_in_workers_only()  # the processes are the parallelism
        attempts: Counter[int] = Counter()
        again: deque[Shard] = deque()
        while True:
            pool = ProcessPoolExecutor(
                self._processes,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_begin,
                initargs=(opener, snapshot),
            )
            pending: _Pending = {}
            try:
                yield from self._drain(pool, _chained(again, shards), pending)
            except BrokenProcessPool:
                _log.warning("sweep_process_died", shards=sorted(shard.number for shard in pending.values()))
                for shard in sorted(pending.values(), key=lambda one: one.number):
                    attempts[shard.number] += 1
                    if attempts[shard.number] >= MOST_ATTEMPTS:
                        raise InternalError(
                            f"The rows from {shard.first} on ended their process {MOST_ATTEMPTS} times; "
                            "the rest of the sweep is kept."
                        ) from None
                    again.append(shard)
            else:
                return
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _drain(
        self, pool: ProcessPoolExecutor, shards: Iterator[Shard], pending: _Pending
    ) -> Iterator[tuple[int, bytes]]:
        while True:
            while len(pending) < self._processes * _AHEAD and (shard := next(shards, None)) is not None:
                # Noted first: a broken pool refuses it, and it must not be lost.
                holder: Future[bytes] = Future()
                pending[holder] = shard
                future = pool.submit(_run, shard)
                pending[future] = pending.pop(holder)
            if not pending:
                return
            done, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in sorted(done, key=lambda one: pending[one].number):
                content = future.result()
                yield pending.pop(future).number, content


def _chained(again: "deque[Shard]", shards: Iterator[Shard]) -> Iterator[Shard]:
    while again:
        yield again.popleft()
    for shard in shards:  # noqa: UP028 - `yield from` would close the shards with the pool that is given up
        yield shard


_opener: tuple[WorkOpener, Path] | None = None
_work: ShardWork | None = None


def _begin(opener: WorkOpener, snapshot: Path) -> None:
    global _opener  # noqa: PLW0603 - a process of the pool has one work to do
    _opener = opener, snapshot
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    threading.Thread(target=_watch, name="quell-parent", daemon=True).start()


def _watch() -> None:
    """End this process when its parent has ended, however it ended."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(_ORPHANED)


def _run(shard: Shard) -> bytes:
    global _work  # noqa: PLW0603 - made with the first shard, so that a refusal reaches the parent
    if _work is None:
        if _opener is None:
            raise LookupError("the process was not begun")
        _work = _opener[0](_opener[1])
    return _work.run(shard)
