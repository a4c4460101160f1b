"""What does shards: made in each process from what it is told, and one shard at a time into bytes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from quell.sweep.domain import Columns, Judge, Place, Question, Shard
from quell.sweep.reading import ShardReader
from quell.sweep.results import ShardResult, judge_shard

MOST_ATTEMPTS = 5
"""How often a shard is begun before it counts as one that kills its processes."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What every process of a sweep must know; `images` where the rows are pictures."""

    source: str
    question: Question
    columns: Columns
    images: bool
    every_row: bool = False
    with_text: bool = True


class ShardWork:
    """Does shards; used by one thread."""

    def __init__(self, place: Place, judge: Judge, orders: Orders) -> None:
        self._place = place
        self._judge = judge
        self._orders = orders
        self._reader = ShardReader(place, orders.columns)

    def run(self, shard: Shard) -> bytes:
        """Return the file of a shard, the same bytes whoever does it."""
        result = ShardResult(every_row=self._orders.every_row, with_text=self._orders.with_text)
        for judged in judge_shard(self._reader, self._judge, shard):
            result.add(judged)
        return result.to_bytes()

    def close(self) -> None:
        """Give everything back."""
        self._judge.close()
        self._place.close()


WorkOpener = Callable[[Path], ShardWork]
"""Makes what does shards from the snapshot at a path; goes to other processes, so it can be pickled."""


class Engine(Protocol):
    """Where shards are done."""

    def run(self, opener: WorkOpener, snapshot: Path, shards: Iterator[Shard]) -> Iterator[tuple[int, bytes]]:
        """Yield the number and the file of each shard, in whatever order they are done; raises QuellError."""


class HereEngine:
    """Does shards in this process, one after another."""

    def run(self, opener: WorkOpener, snapshot: Path, shards: Iterator[Shard]) -> Iterator[tuple[int, bytes]]:
        """Yield the number and the file of each shard."""
        work = opener(snapshot)
        try:
            for shard in shards:
                yield shard.number, work.run(shard)
        finally:
            work.close()
