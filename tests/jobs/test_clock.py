"""Clocks that somebody has set, while jobs are leased by them."""

from tests.jobs.tasks import Bench

HOUR = 3_600_000_000


def test_a_clock_set_forward_gives_a_job_to_another_and_it_ends_once(jobs: Bench) -> None:
    """The lease has run out by the new clock: who had it writes nothing more, the other one ends it."""
    jobs.add("one")
    job = jobs.claim("before", seconds=10)
    assert job is not None
    jobs.lease(job).step(lambda _: None, b"2")
    jobs.now += HOUR

    taken = jobs.worker("after").run_next()

    assert taken
    assert jobs.task.marks == [2, 3, 4]
    assert (jobs.task.ended, jobs.job("one").state) == (["one"], "done")
    assert not jobs.lease(job)._renewed()


def test_a_clock_set_back_takes_no_job_from_who_works_on_it(jobs: Bench) -> None:
    """The lease ends later than thought; its worker ends the job by itself."""
    jobs.add("one")
    job = jobs.claim("before", seconds=10)
    assert job is not None
    jobs.now -= HOUR

    assert not jobs.worker("other").run_next()
    assert jobs.lease(job)._renewed()
    jobs.task.run(jobs.lease(job))
    assert (jobs.task.ended, jobs.job("one").state) == (["one"], "done")


def test_a_dead_workers_job_does_not_wait_for_the_clock(jobs: Bench) -> None:
    """Who knows that it is dead frees it, whatever the clock says since it was set back."""
    jobs.now = 2 * HOUR
    jobs.add("one")
    jobs.claim("dead", seconds=10)
    jobs.now -= HOUR

    with jobs.database.transaction() as tx:
        freed = jobs.store.free_all_of(tx, "dead", jobs.now)

    assert freed == 1
    assert jobs.worker("other").run_next()
