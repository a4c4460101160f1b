"""Stages are heard where somebody follows, and cost nothing where nobody does."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from quell.observability.stages import following, stage, waited
from quell.workers import Workers


class Ear:
    """Notes what it hears."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Note the beginning and the end of a stage."""
        self.heard.append(f"+{name}")
        yield
        self.heard.append(f"-{name}")

    def waited(self, pool: str, seconds: float) -> None:
        """Note a wait."""
        self.heard.append(f"{pool} {seconds >= 0}")


def test_a_stage_is_heard_in_the_threads_that_work_for_a_request() -> None:
    """The wait and the stages of a call on a worker reach the follower of who submitted it."""
    ear, workers = Ear(), Workers(1, name="work")

    def work() -> None:
        with stage("outer"), stage("inner"):
            pass

    with following(ear):
        workers.submit(work).result()
    workers.submit(work).result()
    workers.close()

    assert ear.heard == ["work True", "+outer", "+inner", "-inner", "-outer"]


def test_two_requests_at_once_do_not_hear_each_other() -> None:
    """Each follower hears of its own request alone."""
    ears, workers = [Ear(), Ear()], Workers(2)
    both = threading.Barrier(2)

    def work(name: str) -> None:
        both.wait(10)
        with stage(name):
            both.wait(10)

    futures = []
    for ear, name in zip(ears, ("first", "second"), strict=True):
        with following(ear):
            futures.append(workers.submit(work, name))
    for future in futures:
        future.result()
    workers.close()

    assert [ear.heard[1:] for ear in ears] == [["+first", "-first"], ["+second", "-second"]]


def test_without_a_follower_nothing_happens() -> None:
    """The command line uses the same code without a server."""
    waited("work", 1.0)
    with stage("encode"):
        pass
