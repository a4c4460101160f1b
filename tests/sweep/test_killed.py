"""A sweep whose processes are killed loses no row and repeats none."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.sweep.bench import Bench, texts, write_jsonl

ROWS = 6_000
KILLS = int(os.environ.get("QUELL_SWEEP_KILLS", "10"))


def _command(bench: Bench, source: Path, out: str) -> list[str]:
    words = ["sweep", str(source), "--blocklist", "words", "--out", str(bench.path / out)]
    options = ["--processes", "2", "--shard-rows", "10", "--data", str(bench.settings.data)]
    return [sys.executable, "-m", "quell", *words, *options]


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="children are found by /proc")
def test_killed_processes_cost_no_row_and_repeat_none(bench: Bench) -> None:
    """First a worker is killed, then the command itself, in the middle of both; its workers end with it."""
    source = write_jsonl(bench.path / "posts.jsonl", texts(ROWS))
    process = _begun(bench, source)
    shards = bench.path / "out" / "shards"
    _until(lambda: _finished(shards) >= 3)
    # Held while its worker is killed, so that however slow this machine is it cannot be through before.
    process.send_signal(signal.SIGSTOP)
    first = _workers(process.pid)
    os.kill(first[0], signal.SIGKILL)
    reached = _finished(shards)
    process.send_signal(signal.SIGCONT)
    # By the processes that took the place of the first: what these had done already counts for nothing.
    _until(
        lambda: (
            process.poll() is not None
            or (_finished(shards) >= reached + 6 and set(_workers(process.pid)) - set(first))
        )
    )
    assert process.poll() is None, (bench.path / "stderr").read_text()[-2000:]
    process.send_signal(signal.SIGSTOP)
    workers = _workers(process.pid)
    _kill(process)

    _until(lambda: not any(Path(f"/proc/{worker}").is_dir() for worker in workers))

    assert workers
    _check_whole(bench, source)


@pytest.mark.nightly
def test_a_sweep_that_is_killed_again_and_again_comes_to_the_same_bytes(bench: Bench) -> None:
    """At random shards, until it is through."""
    source = write_jsonl(bench.path / "posts.jsonl", texts(ROWS))
    chance, shards = random.Random(7), bench.path / "out" / "shards"
    for _ in range(KILLS):
        process, wanted = _begun(bench, source), _finished(shards) + chance.randrange(1, 15)
        _until(lambda: process.poll() is not None or _finished(shards) >= wanted)  # noqa: B023 - asked at once
        assert process.poll() is None
        _kill(process)

    _check_whole(bench, source)


def _environment(bench: Bench) -> dict[str, str]:
    return {**os.environ, "QUELL_DATABASE": bench.settings.database}


def _begun(bench: Bench, source: Path) -> "subprocess.Popen[bytes]":
    with (bench.path / "stderr").open("wb") as said:
        return subprocess.Popen(_command(bench, source, "out"), stderr=said, env=_environment(bench))


def _kill(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()


def _check_whole(bench: Bench, source: Path) -> None:
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(_command(bench, source, "out"), env=_environment(bench), check=True, **quiet)
    bench.sweep(source, "whole")
    # Shards of other sizes than those of the command, and yet the same file.
    assert bench.content("out")["results.parquet"] == bench.content("whole")["results.parquet"]
    assert [one["row"] for one in bench.results("out")] == [n for n in range(ROWS) if n % 3 == 0]


def _finished(shards: Path) -> int:
    return len(list(shards.glob("[0-9]*.parquet")))


def _workers(parent: int) -> list[int]:
    """Return the pool's processes: the children that are no helper of the standard library's."""
    found = []
    for task in Path(f"/proc/{parent}/task").iterdir():
        for child in (task / "children").read_text().split():
            command = Path(f"/proc/{child}/cmdline").read_bytes()
            if b"spawn_main" in command:
                found.append(int(child))
    return found


def _until(true: object, seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not true():  # type: ignore[operator]  # a function
        assert time.monotonic() < end
        time.sleep(0.01)
