"""Builds of auto reviewers while the server or its worker is killed: each ends, once, none is stuck."""

import os
import random
import signal
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.acceptance.live_server import LiveServer, running_server
from tests.acceptance.reviewing import (
    PATIENCE,
    ROOT,
    TICKET,
    VERSION,
    children_of,
    ended,
    exists,
    many_examples,
    put_inline,
    review,
    version_of,
    works,
)

NAME = "killed"
SMALL = (str(Path(__file__).parent / "small_server.py"), "serve")
WHOLE = ("-m", "quell", "serve")
FORMS = [
    pytest.param(SMALL, 100, 3, id="small"),
    pytest.param(SMALL, 100, 50, id="small-often", marks=pytest.mark.nightly),
    pytest.param(WHOLE, 200, 10, id="whole", marks=pytest.mark.nightly),
]
"""Which server, how many examples a build reads, and how many kills."""


def until_running(client: httpx.Client, number: int) -> None:
    """Wait until a worker has begun with a version."""
    deadline = time.monotonic() + PATIENCE
    while version_of(client, NAME, number)["status"] == "NotStarted":
        assert time.monotonic() < deadline, "no worker has begun"
        time.sleep(0.02)


def worker_of(server: LiveServer) -> int:
    """Return the process that builds."""
    deadline = time.monotonic() + PATIENCE
    while not (found := [child for child in children_of(server.process.pid) if works(child)]):
        assert time.monotonic() < deadline, "there is no worker"
        time.sleep(0.02)
    return found[0]


def operation_of(client: httpx.Client, location: str) -> str:
    """Read the status of an operation."""
    identity = location.partition("?")[0].rpartition("/")[2]
    return str(client.get(f"{ROOT}/operations/{identity}", params=VERSION).json()["status"])


def start_build(client: httpx.Client, count: int, dice: random.Random) -> tuple[int, str]:
    """Make a version and wait until it is somewhere in its build; return its number and its operation.

    Its texts are new ones: a worker remembers what it has read, and would be done at once.
    """
    made = put_inline(client, NAME, many_examples(count, dice.randrange(10**9)))
    number = int(made.json()["version"])
    until_running(client, number)
    threading.Event().wait(dice.uniform(0.0, count / 150))
    return number, made.headers["Operation-Location"]


def until_gone(worker: int) -> None:
    """Wait until a process is gone that nobody has signalled."""
    deadline = time.monotonic() + PATIENCE
    while exists(worker):
        assert time.monotonic() < deadline, "the worker has outlived its server"
        time.sleep(0.02)


@pytest.mark.parametrize(("command", "count", "kills"), FORMS)
def test_a_killed_server_builds_each_version_once(
    tmp_path: Path, command: tuple[str, ...], count: int, kills: int
) -> None:
    """After SIGKILL or SIGTERM the worker is gone, too, and the next server ends what the last one began."""
    dice, started = random.Random(20261125), dict[int, str]()
    for kill in range(kills):
        with running_server(tmp_path / "folder", command=command) as server, server.client() as client:
            number, location = start_build(client, count, dice)
            started[number] = location
            worker = worker_of(server)
            polite = kill % 3 == 1
            code = server.stop(signal.SIGTERM if polite else signal.SIGKILL)
            assert code == (0 if polite else -signal.SIGKILL)
            assert not (polite and exists(worker))
            until_gone(worker)
    with running_server(tmp_path / "folder", command=command) as server, server.client() as client:
        statuses = [ended(client, NAME, number)["status"] for number in started]
        operations = [operation_of(client, location) for location in started.values()]
        listed = client.get(f"/quell/text/autoReviewers/{NAME}").json()["value"]
        label = review(client, NAME, TICKET)

    assert sorted(started) == list(range(1, kills + 1))
    assert statuses == operations == ["Succeeded"] * kills
    assert [one["version"] for one in listed] == list(range(kills, 0, -1))
    assert label == "Tickets"


@pytest.mark.parametrize(("command", "count", "kills"), FORMS)
def test_a_killed_worker_is_replaced_and_a_deleted_build_stops(
    tmp_path: Path, command: tuple[str, ...], count: int, kills: int
) -> None:
    """The server answers all the time, each version is built once, and a deleted name starts at 1 again."""
    dice = random.Random(20261125)
    with running_server(tmp_path / "folder", command=command) as server, server.client() as client:
        for _ in range(kills):
            number, location = start_build(client, count, dice)
            os.kill(worker_of(server), signal.SIGKILL)
            assert ended(client, NAME, number)["status"] == "Succeeded"
            assert operation_of(client, location) == "Succeeded"
        listed = client.get(f"/quell/text/autoReviewers/{NAME}").json()["value"]
        _, location = start_build(client, count, dice)
        deleted = client.delete(f"{ROOT}/{NAME}", params=VERSION).status_code
        gone = client.get(f"{ROOT}/{NAME}", params=VERSION).status_code
        operation = operation_of(client, location)
        again = put_inline(client, NAME, many_examples(8)).json()["version"]
        status = ended(client, NAME, again)["status"]

    assert [one["version"] for one in listed] == list(range(kills, 0, -1))
    assert {one["status"] for one in listed} == {"Succeeded"}
    assert (deleted, gone, operation) == (204, 404, "Failed")
    assert (again, status) == (1, "Succeeded")
