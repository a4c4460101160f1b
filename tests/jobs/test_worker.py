"""Workers: each job once, whoever dies, is slow or comes late."""

import threading
from functools import partial

import pytest

from quell.errors import InvalidRequestBody, QuellError, ServerBusy, TooManyRequests
from quell.jobs.domain import MOST_ATTEMPTS, LeaseLost
from quell.jobs.worker import JobWorker
from tests.jobs.tasks import Bench, at_once


def test_a_job_is_done_and_its_end_is_stored(jobs: Bench) -> None:
    """All steps, in order, then the state and the whole progress."""
    jobs.add("one")

    assert jobs.worker().run_next()
    assert not jobs.worker().run_next()
    assert jobs.task.marks == [0, 1, 2, 3, 4]
    assert (jobs.job("one").state, jobs.job("one").progress) == ("done", 1.0)


def test_the_lowest_rank_then_the_oldest_comes_first(jobs: Bench) -> None:
    """What somebody waits for goes before what nobody does."""
    jobs.add("late", rank=1)
    jobs.add("first", "second")
    worker = jobs.worker()

    while worker.run_next():
        pass

    assert jobs.task.ended == ["first", "second", "late"]


def test_a_leased_job_is_nobody_elses(jobs: Bench) -> None:
    """Until the lease has run out."""
    jobs.add("one")
    jobs.claim("silent", seconds=10)

    early = jobs.worker().run_next()
    jobs.now += 10_000_000
    late = jobs.worker().run_next()

    assert (early, late) == (False, True)
    assert jobs.job("one").attempt == 2


def test_the_next_attempt_goes_on_at_the_checkpoint(jobs: Bench) -> None:
    """What was done before the crash is not done again."""
    jobs.add("one")
    job = jobs.claim("dies", seconds=1)
    assert job is not None
    jobs.lease(job).step(lambda _: None, b"3")
    jobs.now += 1_000_001

    jobs.worker().run_next()

    assert jobs.task.marks == [3, 4]


def test_who_has_lost_a_lease_can_write_nothing(jobs: Bench) -> None:
    """Neither a step, nor the end, nor a failure: the effect is undone with it."""
    jobs.add("one")
    job = jobs.claim("slow", seconds=1)
    assert job is not None
    jobs.now += 1_000_001
    jobs.worker().run_next()
    lease, written = jobs.lease(job), list[str]()

    for call in (
        lambda: lease.step(lambda _: written.append("step"), b""),
        lambda: lease.complete(lambda _: written.append("end")),
        lambda: lease.give_up("no", lambda _: written.append("failure")),
        lambda: lease.put_back(1),
    ):
        with pytest.raises(LeaseLost):
            call()

    assert written == []
    assert jobs.job("one").state == "done"


def test_the_same_owner_is_fenced_off_by_its_attempt(jobs: Bench) -> None:
    """A worker that got its own job again must not end it twice."""
    jobs.add("one")
    first = jobs.claim("same", seconds=1)
    jobs.now += 1_000_001
    second = jobs.claim("same", seconds=1)
    assert first is not None
    assert second is not None

    with pytest.raises(LeaseLost):
        jobs.lease(first).complete(lambda _: None)
    jobs.lease(second).complete(lambda _: None)

    assert jobs.job("one").state == "done"


def test_a_refusal_fails_the_job_for_good(jobs: Bench) -> None:
    """Its sentence is stored, and the task says what it means."""
    jobs.task.raises = lambda _: InvalidRequestBody("Line 3 is broken.")
    jobs.add("one")

    jobs.worker().run_next()

    assert (jobs.job("one").state, jobs.job("one").error) == ("failed", "Line 3 is broken.")
    assert jobs.task.failures == ["Line 3 is broken."]


def test_an_unforeseen_error_fails_the_job_without_its_words(jobs: Bench) -> None:
    """They could repeat a text or a signature."""
    jobs.task.raises = lambda _: RuntimeError("sig=secret")
    jobs.add("one")

    jobs.worker().run_next()

    assert jobs.job("one").state == "failed"
    assert "secret" not in jobs.task.failures[0]


def test_what_is_only_busy_is_tried_again(jobs: Bench) -> None:
    """Later, and from the checkpoint."""
    errors = [ServerBusy("busy")]
    jobs.task.raises = lambda number: errors.pop() if number == 2 and errors else None
    jobs.add("one")
    jobs.worker().run_next()
    waiting = jobs.job("one").state

    jobs.now += 60_000_000
    jobs.worker().run_next()

    assert waiting == "waiting"
    assert jobs.task.marks == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("error", [ServerBusy("busy"), TooManyRequests("slower", retry_after=30)])
def test_waiting_for_a_server_wears_no_job_out(jobs: Bench, error: QuellError) -> None:
    """However often it was busy: nothing is wrong with the job; it waits for as long as it was told."""
    errors = [error] * (MOST_ATTEMPTS + 2)
    jobs.task.raises = lambda number: errors.pop() if number == 2 and errors else None
    jobs.add("one")
    runs = 0
    while errors:
        assert jobs.worker().run_next()
        runs += 1
        assert not jobs.worker().run_next()
        jobs.now += max(2, error.retry_after or 0) * 1_000_000 + 1

    jobs.worker().run_next()

    assert (runs, jobs.job("one").state, jobs.task.failures) == (MOST_ATTEMPTS + 2, "done", [])
    assert jobs.task.marks == [0, 1, 2, 3, 4]


def test_who_waits_for_long_asks_less_often(jobs: Bench) -> None:
    """After an hour every six minutes, after a day every ten: what is waited for may be away for good."""
    jobs.task.raises = lambda _: ServerBusy("busy")
    jobs.add("one")

    for waited, pause in ((3600, 360), (86_400, 600)):
        jobs.now += waited * 1_000_000
        assert jobs.worker().run_next()
        jobs.now += (pause - 1) * 1_000_000
        assert not jobs.worker().run_next()
        jobs.now += 61_000_000
        assert jobs.worker().run_next()


def test_a_job_that_kills_its_workers_is_given_up(jobs: Bench) -> None:
    """It must not end one worker after another for ever."""
    jobs.add("one")
    for number in range(MOST_ATTEMPTS):
        jobs.claim(f"victim-{number}", seconds=1)
        jobs.now += 1_000_001

    jobs.worker().run_next()

    assert jobs.job("one").state == "failed"
    assert jobs.task.marks == []
    assert len(jobs.task.failures) == 1


def test_a_canceled_job_stops_and_stays_canceled(jobs: Bench) -> None:
    """Its worker learns of it at the next step."""

    def cancel(number: int) -> None:
        if number == 2:
            with jobs.database.transaction() as tx:
                assert jobs.store.cancel(tx, "count", "one", jobs.now)

    jobs.task.raises = cancel
    jobs.add("one")

    jobs.worker().run_next()

    assert (jobs.job("one").state, jobs.task.ended) == ("canceled", [])
    assert not jobs.worker().run_next()


def test_a_canceled_job_is_told_while_it_computes(jobs: Bench) -> None:
    """The thread that keeps the lease notices; the next word about progress ends the work."""
    jobs.add("one")
    job = jobs.claim("worker")
    assert job is not None
    with jobs.lease(job, seconds=0.2) as lease:
        with jobs.database.transaction() as tx:
            jobs.store.cancel(tx, "count", "one", jobs.now)

        def compute() -> None:
            while True:
                lease.progress(0.5)

        with pytest.raises(LeaseLost):
            compute()


def test_work_that_does_not_stop_is_reported(jobs: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that its process can be ended."""
    monkeypatch.setattr("quell.jobs.lease.GRACE", 0.05)
    jobs.add("one")
    job = jobs.claim("worker")
    stuck = threading.Event()
    assert job is not None

    with jobs.lease(job, seconds=0.2, longest=0.0, on_stuck=stuck.set):
        assert stuck.wait(30)


def test_many_workers_do_each_job_once(jobs: Bench) -> None:
    """Eight at once on forty jobs."""
    names = [f"job-{number}" for number in range(40)]
    jobs.task.steps = 1
    jobs.add(*names)

    def work(worker: JobWorker) -> None:
        while worker.run_next():
            pass

    at_once([partial(work, jobs.worker(f"worker-{n}")) for n in range(8)])

    assert sorted(jobs.task.ended) == sorted(names)


def test_a_job_that_is_queued_again_starts_afresh(jobs: Bench) -> None:
    """And the worker on the old one loses its lease."""
    jobs.add("one")
    old = jobs.claim("old")
    assert old is not None
    jobs.lease(old).step(lambda _: None, b"3")
    jobs.add("one")

    with pytest.raises(LeaseLost):
        jobs.lease(old).complete(lambda _: None)
    jobs.worker().run_next()

    assert jobs.task.marks == [0, 1, 2, 3, 4]
    assert jobs.job("one").attempt == 1


def test_jobs_are_counted_by_kind_and_state(jobs: Bench) -> None:
    """With when the first of them was queued, whether or not its lease runs."""
    jobs.add("one", "two", "three")
    jobs.worker().run_next()
    jobs.claim("silent", seconds=10)

    with jobs.database.reading() as tx:
        census = jobs.store.census(tx)

    assert [(one.state, one.count) for one in census] == [("done", 1), ("running", 1), ("waiting", 1)]
    assert census[0].oldest <= jobs.job("two").created
