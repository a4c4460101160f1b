"""What was acknowledged is there after SIGKILL, whole, and matching agrees with it."""

import multiprocessing
import random
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from tests.acceptance.doomed_writer import WRITERS, Acknowledged, Begun, write_until_killed
from tests.databases import database_url
from tests.house import House, build_house

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["tests.acceptance.doomed_writer"])


@dataclass
class Expected:
    """What an incident may hold: what was acknowledged last, or what the write in flight would leave."""

    sure: tuple[str, ...] | None = None
    maybe: tuple[str, ...] | None = None


@dataclass
class Tally:
    """How much a test has put at risk."""

    acknowledged: int = 0
    in_flight: int = 0


def news_of(pipe: Connection) -> Iterator[Begun | Acknowledged]:
    """Yield what a killed process had said."""
    with suppress(EOFError, OSError):
        while True:
            yield pipe.recv()


def run_and_kill(folder: Path, seed: int, expected: dict[str, Expected], tally: Tally) -> None:
    """Let a process write for a moment, kill it, and note what it had acknowledged."""
    here, there = _processes.Pipe(duplex=False)
    process = _processes.Process(
        target=write_until_killed, args=(folder, database_url(folder), seed, there), daemon=True
    )
    process.start()
    there.close()
    here.poll(30)
    time.sleep(random.Random(seed).uniform(0.0, 0.25))
    process.kill()
    process.join()
    begun: dict[str, Begun] = {}
    for news in news_of(here):
        if isinstance(news, Begun):
            begun[news.name] = news
            expected[news.name].maybe = news.texts
        else:
            tally.acknowledged += 1
            expected[news.name].sure = begun.pop(news.name).texts
    here.close()
    tally.in_flight += len(begun)


def check(house: House, expected: dict[str, Expected]) -> None:
    """Check the file, every incident and what matches; what is found becomes the sure state."""
    with house.database.reading() as tx:
        if house.database.dialect == "sqlite":  # PostgreSQL is never without either check
            assert tx.fetch_all("pragma integrity_check") == [{"integrity_check": "ok"}]
            assert tx.fetch_all("pragma foreign_key_check") == []
        assert tx.fetch_all("select id from operation where status not in ('Succeeded', 'Failed')") == []
        bare = "select id from incident_sample where id not in (select sample_id from incident_vector)"
        assert tx.fetch_all(bare) == []
    for name, state in expected.items():
        exists = name in house.incidents.names()
        found = house.transfer.export(name).samples if exists else None
        assert found in (state.sure, state.maybe)
        state.sure = state.maybe = found
        if exists:
            check_matching(house, name, found or ())


def check_matching(house: House, name: str, texts: tuple[str, ...]) -> None:
    """Check that the incident matches its samples by their words and by their vectors, and nothing else."""
    (fitted,) = house.index.ask([name], house.reader.text("anything"), "names", lambda incident: incident)
    assert tuple(sample.text for sample in fitted.samples.values()) == texts
    block = fitted.blocks.get("tiny")
    assert (len(block.index) if block else 0) == len(texts)
    for text in texts[-3:]:
        match = house.explain(f"{text} today", name)
        assert match.sample is not None
        assert (match.hit, match.literal, match.sample.text) == (True, True, text)
    assert not house.explain("simmer the lentils with cumin", name).hit


@pytest.mark.parametrize("kills", [20, pytest.param(200, marks=pytest.mark.nightly)])
def test_acknowledged_writes_survive_kill_9(tmp_path: Path, kills: int) -> None:
    """An incident holds what was acknowledged, or all of the write that was in flight, never a part of it."""
    expected = {f"writer-{number}": Expected() for number in range(WRITERS)}
    tally = Tally()
    with closing(build_house(tmp_path)) as witness:
        for seed in range(kills):
            run_and_kill(tmp_path, seed, expected, tally)
            with closing(build_house(tmp_path)) as reopened:
                check(reopened, expected)
            # A process that was there all along sees the same at its next request.
            check(witness, expected)

    assert tally.acknowledged > 5 * kills
    assert tally.in_flight > kills / 2
