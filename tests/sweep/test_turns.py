"""Sweeps that wait: for a model, for each other; and how large a step is."""

import pytest

from quell.errors import ServerBusy, TooManyRequests
from tests.sweep.stored import HITS, Stored


def test_a_server_that_does_not_answer_delays_the_sweep(stored: Stored) -> None:
    """Rows are not to blame for it."""
    sweep = stored.start()

    def busy(row: int) -> None:
        if row == 150:
            raise ServerBusy

    stored.before = busy
    worker = stored.worker()
    worker.run_next()
    found = stored.service.get(sweep.id)
    assert (found.status, found.rows, found.faults) == ("Running", 100, 0)
    stored.before = lambda _: None
    with stored.database.transaction() as tx:
        tx.execute("update job set leased_until = 0")
    worker.run_next()

    assert stored.hits(sweep) == HITS


def test_a_model_with_too_many_requests_delays_the_sweep_and_nothing_is_loaded_anew(stored: Stored) -> None:
    """The same process goes on with the models and the plan that it has."""
    sweep = stored.start()
    refusals = [TooManyRequests("slower", retry_after=1)] * 7

    def busy(row: int) -> None:
        if row == 150 and refusals:
            raise refusals.pop()

    stored.before = busy
    worker = stored.worker()
    while worker.run_next():
        with stored.database.transaction() as tx:
            tx.execute("update job set leased_until = 0 where state = 'waiting'")

    assert (refusals, stored.hits(sweep)) == ([], HITS)
    assert stored.judges == 1


def test_the_oldest_sweep_is_done_before_another_one_begins(stored: Stored) -> None:
    """Or each slice of either would list the source and load the models again."""
    first, second = stored.start(), stored.start()
    worker = stored.worker(slice_seconds=0.0)

    while stored.service.get(first.id).status != "Succeeded":
        assert worker.run_next()

    assert stored.service.get(second.id).rows == 0
    while worker.run_next():
        pass
    assert stored.hits(second) == HITS
    assert stored.judges == 2


def test_a_large_source_is_cut_into_larger_shards(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its plan would not fit into the folder for temporary files otherwise."""
    size = (stored.path / "posts.jsonl").stat().st_size
    monkeypatch.setattr("quell.sweep.task.PLAN_SCALE_BYTES", size // 2)
    sweep = stored.start()

    stored.worker().run_next()

    assert stored.service.get(sweep.id).shards == 2
    assert stored.hits(sweep) == HITS
