"""The process that does jobs: begun for work, replaced when it dies, gone with its parent."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from quell.jobs.supervisor import Supervisor
from tests.databases import VARIABLE, database_url
from tests.doubles import sequence
from tests.jobs.tasks import Bench

ROOT = Path(__file__).parents[2]
CHILD = [sys.executable, "-m", "tests.jobs.counting_child"]
PATIENCE = 60.0


def now() -> int:
    """Return the time in microseconds."""
    return time.time_ns() // 1000


def until(true: Callable[[], object]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def lines(folder: Path) -> list[str]:
    """Return the journal of the children."""
    journal = folder / "journal"
    return journal.read_text().splitlines() if journal.exists() else []


def numbers(folder: Path) -> list[int]:
    """Return what was counted, in order."""
    return [int(line.split()[1]) for line in lines(folder)]


def alive(process: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return ") Z " not in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False


@pytest.fixture
def supervisor(jobs: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    """Return a supervisor that has begun to look for work."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    if url := database_url(tmp_path):
        monkeypatch.setenv(VARIABLE, url)  # a child opens what its parent has open
    made = Supervisor(
        jobs.database,
        jobs.store,
        command=CHILD,
        orders=lambda owner: json.dumps({"owner": owner, "folder": str(tmp_path)}).encode(),
        new_id=sequence("owner"),
        clock=now,
    )
    made.start()
    yield made
    made.close()


def test_without_work_there_is_no_child(jobs: Bench, supervisor: Supervisor) -> None:
    """It comes with the first job and goes after the last."""
    time.sleep(1.0)
    before = supervisor.child
    jobs.add("one")
    until(lambda: jobs.job("one").state == "done")
    until(lambda: supervisor.child is None)

    assert before is None


def test_a_killed_child_is_replaced_and_goes_on_where_it_was(
    jobs: Bench, supervisor: Supervisor, tmp_path: Path
) -> None:
    """Nothing is counted twice but the step that was in hand."""
    jobs.add("one")
    until(lambda: len(lines(tmp_path)) >= 4)
    victim = supervisor.child
    assert victim is not None
    os.kill(victim, signal.SIGKILL)
    until(lambda: jobs.job("one").state == "done")

    counted = numbers(tmp_path)
    assert sorted(set(counted)) == list(range(12))
    assert len(counted) <= 13
    assert len({line.split()[0] for line in lines(tmp_path)}) == 2
    assert jobs.job("one").attempt == 2


def test_a_child_that_cannot_start_is_not_started_all_the_time(
    jobs: Bench, supervisor: Supervisor, tmp_path: Path
) -> None:
    """And works as soon as it can."""
    (tmp_path / "die").touch()
    jobs.add("one")
    until(lambda: supervisor.child is not None)
    time.sleep(3.0)
    (tmp_path / "die").unlink()
    until(lambda: jobs.job("one").state == "done")

    assert jobs.job("one").attempt == 1


def test_a_child_dies_with_its_parent(jobs: Bench, tmp_path: Path) -> None:
    """Even when the parent is killed and can say nothing; the job goes on under the next one."""
    jobs.add("one")
    orders = json.dumps({"owner": "orphan", "folder": str(tmp_path)})
    script = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen({CHILD!r}, stdin=subprocess.PIPE, start_new_session=True)\n"
        f"child.stdin.write({orders!r}.encode() + b'\\n'); child.stdin.flush()\n"
        "time.sleep(600)\n"
    )
    opened = {VARIABLE: url} if (url := database_url(tmp_path)) else {}
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **opened}
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, env=environment)
    until(lambda: len(lines(tmp_path)) >= 2)
    child = int(lines(tmp_path)[0].split()[0])
    parent.kill()
    parent.wait()
    until(lambda: not alive(child))
    counted = len(lines(tmp_path))
    until(lambda: _free(jobs))

    assert counted < 12
    assert jobs.job("one").state == "running"


def _free(jobs: Bench) -> bool:
    with jobs.database.reading() as tx:
        return jobs.store.free(tx, now()) == 1


def test_closing_ends_the_child_and_frees_its_job(
    jobs: Bench, supervisor: Supervisor, tmp_path: Path
) -> None:
    """Nobody has to wait for the lease to run out."""
    jobs.add("one")
    until(lambda: len(lines(tmp_path)) >= 2)
    child = supervisor.child
    assert child is not None
    supervisor.close()

    assert not alive(child)
    assert _free(jobs)
