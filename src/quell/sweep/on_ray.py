"""Shards on a Ray cluster: the same work, the same bytes; a worker that is killed is started again."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from quell.errors import InternalError, QuellError, SettingsRefused
from quell.sweep.domain import Shard
from quell.sweep.work import MOST_ATTEMPTS, ShardWork, WorkOpener

_AHEAD = 2
_ADDRESS = "RAY_ADDRESS"


class RayEngine:
    """Does shards with so many Ray workers, one for each processor of the cluster for None.

    The cluster is the one that RAY_ADDRESS names; without it one of this machine is started.
    """

    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers

    def run(self, opener: WorkOpener, snapshot: Path, shards: Iterator[Shard]) -> Iterator[tuple[int, bytes]]:
        """Yield the number and the file of each shard."""
        ray = _ray()
        began = not ray.is_initialized()
        if began:
            _begin(ray, self._workers)
        actors: list[Any] = []
        try:
            count = self._workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
            # Shards are done again after a death: their worker has no state but the models.
            made = ray.remote(max_restarts=-1, max_task_retries=MOST_ATTEMPTS - 1, num_cpus=1)(RayWorker)
            content = ray.put(snapshot.read_bytes())
            # In a list it stays a reference: a worker that is started again asks for it again.
            actors = [made.remote(opener, [content]) for _ in range(count)]
            yield from _drain(ray, actors, shards)
        finally:
            for actor in actors:
                ray.kill(actor)
            if began:
                ray.shutdown()


class RayWorker:
    """One worker with models of its own, loaded once."""

    def __init__(self, opener: WorkOpener, snapshot: list[Any]) -> None:
        self._opener = opener
        self._folder = tempfile.TemporaryDirectory(prefix="quell-sweep-")
        self._snapshot = snapshot
        self._work: ShardWork | None = None

    def run(self, shard: Shard) -> bytes | QuellError:
        """Return the file of a shard, or the refusal that ends the sweep."""
        try:
            if self._work is None:
                path = Path(self._folder.name) / "snapshot.db"
                path.write_bytes(_ray().get(self._snapshot[0]))
                self._work = self._opener(path)
            return self._work.run(shard)
        except QuellError as error:
            return error


def _drain(ray: Any, actors: list[Any], shards: Iterator[Shard]) -> Iterator[tuple[int, bytes]]:  # noqa: ANN401 - Ray is optional
    pending: dict[Any, tuple[Shard, Any]] = {}
    free = [actor for _ in range(_AHEAD) for actor in actors]
    while True:
        while free and (shard := next(shards, None)) is not None:
            actor = free.pop(0)
            pending[actor.run.remote(shard)] = shard, actor
        if not pending:
            return
        done, _ = ray.wait(list(pending), num_returns=1)
        shard, actor = pending.pop(done[0])
        free.append(actor)
        try:
            content = ray.get(done[0])
        except ray.exceptions.RayError as error:
            raise InternalError(
                f"Ray could not do the rows from {shard.first} on ({type(error).__name__}); "
                "the rest of the sweep is kept."
            ) from error
        if isinstance(content, QuellError):
            raise content
        yield shard.number, content


def _ray() -> Any:  # noqa: ANN401 - Ray is optional, its types are not there to be named
    # Said before Ray is loaded: nothing is told to its makers.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray  # noqa: PLC0415 - an extra that most installations lack
    except ImportError:
        raise SettingsRefused("Ray is not installed here: install quell[ray].") from None
    return ray


def _begin(ray: Any, workers: int | None) -> None:  # noqa: ANN401 - Ray is optional
    address = os.environ.get(_ADDRESS)
    if address:
        ray.init(address=address, log_to_driver=False, logging_level="error")
    else:
        ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False, logging_level="error")
