"""Workers: bounded, honest when full, and finishing what they took."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from quell.errors import ServerBusy, TooManyRequests
from quell.workers import ONE_THREAD, Pace, Workers, compute_in_workers_only, usable_cores


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Give an event that blocked calls wait for; it opens at the end at the latest."""
    gate = threading.Event()
    yield gate
    gate.set()


def test_gives_the_result() -> None:
    """A call's result, or its error, comes through its future."""
    workers = Workers(1)

    assert workers.submit(divmod, 7, 2).result() == (3, 1)
    with pytest.raises(ZeroDivisionError):
        workers.submit(divmod, 1, 0).result()
    workers.close()


def test_full_queue_refuses(gate: threading.Event) -> None:
    """With one call running and one waiting, a third is refused with the time to wait."""
    workers = Workers(1, queue_limit=1)
    held = [workers.submit(gate.wait) for _ in range(2)]

    with pytest.raises(TooManyRequests) as refused:
        workers.submit(gate.wait)

    assert refused.value.retry_after == 1
    gate.set()
    assert all(future.result() for future in held)
    workers.close()


def test_what_would_wait_too_long_is_refused(gate: threading.Event) -> None:
    """Where calls take a minute, one may wait and the next is told how long that would be, up to a bound."""
    workers = Workers(1, wait_limit=5)
    workers._pace.seconds = 60
    held = [workers.submit(gate.wait) for _ in range(2)]

    with pytest.raises(TooManyRequests) as refused:
        workers.submit(gate.wait)

    assert refused.value.retry_after == 30
    assert workers.waiting == 1
    gate.set()
    assert all(future.result() for future in held)
    workers.close()


def test_the_pace_follows_the_calls() -> None:
    """The expected wait grows with the time that calls took and falls when they are short again."""
    pace = Pace()

    pace.timed(time.sleep, 0.05)
    slow = pace.seconds
    for _ in range(16):
        pace.timed(int)

    assert slow >= 0.05 / 16
    assert pace.seconds < slow / 2


def test_room_comes_back(gate: threading.Event) -> None:
    """Finished, failed and cancelled calls all leave room for new ones."""
    workers = Workers(1, queue_limit=2)
    running, failing, cancelled = workers.submit(gate.wait), workers.submit(divmod, 1, 0), workers.submit(int)
    assert cancelled.cancel()
    gate.set()
    running.result()
    failing.exception()
    # A future's callbacks run after its waiters wake, so one call more settles them.
    workers.submit(int).result()

    refilled = [workers.submit(int) for _ in range(2)]

    assert [future.result() for future in refilled] == [0, 0]
    workers.close()


def test_runs_as_many_at_once_as_it_counts() -> None:
    """Two workers run two calls at the same time."""
    workers = Workers(2)
    together = threading.Barrier(2, timeout=10)

    futures = [workers.submit(together.wait) for _ in range(2)]

    assert sorted(future.result() for future in futures) == [0, 1]
    workers.close()


def test_close_finishes_what_was_taken(gate: threading.Event) -> None:
    """Closing runs the waiting calls to their end."""
    workers = Workers(1)
    futures = [workers.submit(gate.wait), workers.submit(int)]
    gate.set()

    workers.close()

    assert [future.result(timeout=0) for future in futures] == [True, 0]


def test_close_without_drain_ends_the_waiting(gate: threading.Event) -> None:
    """Closing without draining cancels what has not begun."""
    workers = Workers(1)
    running = workers.submit(gate.wait)
    waiting = workers.submit(int)
    threading.Timer(0.05, gate.set).start()

    workers.close(drain=False)

    assert running.result(timeout=0) is True
    assert waiting.cancelled()


def test_closed_refuses() -> None:
    """After closing, a call is refused as by a stopping server."""
    workers = Workers(1)
    workers.close()

    with pytest.raises(ServerBusy):
        workers.submit(int)


def test_counts_cores_by_default() -> None:
    """Without a number there is one worker for each core this process may use."""
    workers = Workers()

    assert workers.count == usable_cores() >= 1
    workers.close()


def test_products_take_no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """A matrix product stays on its worker, except where the operator gave it threads."""
    for name in ONE_THREAD:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")

    compute_in_workers_only()

    assert [os.environ[name] for name in ONE_THREAD] == ["1", "3", "1"]


def test_serve_limits_threads_in_time() -> None:
    """The command that serves comes to the limit before anything has loaded numpy, which reads it once."""
    program = (
        "import sys, quell.cli, quell.settings, quell.workers; "
        "quell.cli.serve.__globals__['settings_of'](None, None); sys.exit('numpy' in sys.modules)"
    )

    ended = subprocess.run([sys.executable, "-c", program], check=False, timeout=60)

    assert ended.returncode == 0
