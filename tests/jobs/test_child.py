"""How a worker's process spends its time."""

import pytest

from quell.errors import ServerBusy
from quell.jobs import child


def test_a_database_that_is_held_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says nothing of whether there are jobs, so that the worker stays, and does them after."""
    monkeypatch.setattr(child, "_LOOK", 0.001)
    answers = iter([ServerBusy("held"), True, ServerBusy("held"), True, False])
    done = []

    def run_next() -> bool:
        answer = next(answers)
        if isinstance(answer, ServerBusy):
            raise answer
        done.append(answer)
        return answer

    child.work(run_next, idle_seconds=0)

    assert done == [True, True, False]
