"""Sweeps on a Ray of several processes, started here: the same bytes, whoever is killed."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from quell.errors import InvalidRequestBody
from quell.sweep.domain import Shard
from quell.sweep.on_ray import RayEngine
from quell.sweep.work import WorkOpener
from tests.sweep.bench import Bench, texts, write_jsonl

COUNT = 400


class Killing(RayEngine):
    """Kills one of the workers when five shards are done."""

    killed = 0

    def run(self, opener: WorkOpener, snapshot: Path, shards: Iterator[Shard]) -> Iterator[tuple[int, bytes]]:
        """Yield what the engine yields."""
        for number, done in enumerate(super().run(opener, snapshot, shards)):
            if number == 5:
                os.kill(_workers()[0], signal.SIGKILL)
                self.killed += 1
            yield done


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="workers are found by /proc")
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::FutureWarning", "ignore::DeprecationWarning")
def test_a_sweep_on_ray_gives_the_same_bytes_though_a_worker_is_killed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a sweep by this process alone; and what is refused in a worker is refused here."""
    import ray  # noqa: PLC0415 - takes seconds, and warns

    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    source = write_jsonl(bench.path / "posts.jsonl", texts(COUNT))
    bench.sweep(source, "here")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="error")
    try:
        engine = Killing(2)
        bench.sweep(source, "ray", engine=engine)
        with pytest.raises(InvalidRequestBody, match="cannot be read"):
            bench.sweep(source, "gone", engine=_Hiding(source))
    finally:
        ray.shutdown()

    assert engine.killed == 1
    assert bench.content("ray") == bench.content("here")


class _Hiding(RayEngine):
    """Takes the source away once the plan is made."""

    def __init__(self, source: Path) -> None:
        super().__init__(1)
        self._source = source

    def run(self, opener: WorkOpener, snapshot: Path, shards: Iterator[Shard]) -> Iterator[tuple[int, bytes]]:
        """Yield what the engine yields."""
        self._source.unlink()
        self._source.mkdir()
        yield from super().run(opener, snapshot, shards)


def _workers() -> list[int]:
    """Return the processes below this one that are workers of a sweep."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and b"ray::RayWorker" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return [pid for pid in found if _below(pid)]


def _below(pid: int) -> bool:
    while pid > 1:
        if pid == os.getpid():
            return True
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return False
