"""Pictures that were acknowledged are there after SIGKILL, whole, and are found."""

import multiprocessing
import random
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from quell.incidents.domain import Limits
from tests.acceptance.doomed_pictures import FILES, NAME, add_until_killed
from tests.databases import database_url
from tests.house import build_house

_processes = multiprocessing.get_context("forkserver")


def run_and_kill(folder: Path, seed: int) -> tuple[int, int]:
    """Let a process add for a moment, kill it; return how many were acknowledged, and begun at most."""
    here, there = _processes.Pipe(duplex=False)
    process = _processes.Process(
        target=add_until_killed, args=(folder, database_url(folder), there), daemon=True
    )
    process.start()
    there.close()
    assert here.poll(60)
    time.sleep(random.Random(seed).uniform(0.0, 0.2))
    process.kill()
    process.join()
    news = {"begun": 0, "done": -1}
    with suppress(EOFError, OSError):
        while True:
            kind, total = here.recv()
            news[kind] = total
    here.close()
    return news["done"], news["begun"]


@pytest.mark.parametrize("kills", [6, pytest.param(60, marks=pytest.mark.nightly)])
def test_acknowledged_pictures_survive_kill_9(tmp_path: Path, kills: int) -> None:
    """A call's pictures are there all together or not at all, each with its file and what was read of it."""
    before = 0
    for seed in range(kills):
        if before > 900:
            break
        done, begun = run_and_kill(tmp_path, seed)
        with closing(build_house(tmp_path, limits=Limits(samples=1_000))) as house:
            found = house.images.service.get(NAME).samples
            with house.database.reading() as tx:
                whole = tx.fetch_all(
                    "select count(*) as n from incident_picture join incident_vector using (sample_id)"
                )
                if house.database.dialect == "sqlite":
                    assert tx.fetch_all("pragma integrity_check") == [{"integrity_check": "ok"}]
            contents = house.images.transfer.export(NAME).samples
        assert found in {max(done, before), begun}
        assert whole == [{"n": found}]
        assert set(contents) <= set(FILES)
        before = found

    assert before > 2 * kills
