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
EXAMPLES = many_examples(200)


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


def start_build(client: httpx.Client, dice: random.Random) -> tuple[int, str]:
    """Make a version and wait until it is somewhere in its build; return its number and its operation."""
    made = put_inline(client, NAME, EXAMPLES)
    number = int(made.json()["version"])
    until_running(client, number)
    threading.Event().wait(dice.uniform(0.0, 1.5))
    return number, made.headers["Operation-Location"]


@pytest.mark.parametrize("kills", [3, pytest.param(30, marks=pytest.mark.nightly)])
def test_a_killed_server_builds_each_version_once(tmp_path: Path, kills: int) -> None:
    """After each SIGKILL the worker is gone too, and the next server ends what the last one began."""
    dice, started = random.Random(20261125), dict[int, str]()
    for _ in range(kills):
        with running_server(tmp_path / "folder") as server, server.client() as client:
            number, location = start_build(client, dice)
            started[number] = location
            worker = worker_of(server)
            server.stop(signal.SIGKILL)
            deadline = time.monotonic() + PATIENCE
            while exists(worker):
                assert time.monotonic() < deadline, "the worker has outlived its server"
                time.sleep(0.02)
    with running_server(tmp_path / "folder") as server, server.client() as client:
        statuses = [ended(client, NAME, number)["status"] for number in started]
        operations = [operation_of(client, location) for location in started.values()]
        listed = client.get(f"/quell/text/autoReviewers/{NAME}").json()["value"]
        label = review(client, NAME, TICKET)

    assert sorted(started) == list(range(1, kills + 1))
    assert statuses == operations == ["Succeeded"] * kills
    assert [one["version"] for one in listed] == list(range(kills, 0, -1))
    assert label == "Tickets"


@pytest.mark.parametrize("kills", [3, pytest.param(30, marks=pytest.mark.nightly)])
def test_a_killed_worker_is_replaced_and_builds_each_version_once(tmp_path: Path, kills: int) -> None:
    """The server answers all the time."""
    dice = random.Random(20261125)
    with running_server(tmp_path / "folder") as server, server.client() as client:
        for _ in range(kills):
            number, location = start_build(client, dice)
            os.kill(worker_of(server), signal.SIGKILL)
            assert ended(client, NAME, number)["status"] == "Succeeded"
            assert operation_of(client, location) == "Succeeded"
        listed = client.get(f"/quell/text/autoReviewers/{NAME}").json()["value"]

    assert [one["version"] for one in listed] == list(range(kills, 0, -1))
    assert {one["status"] for one in listed} == {"Succeeded"}


def test_a_stopped_server_leaves_no_worker(tmp_path: Path) -> None:
    """SIGTERM in the middle of a build ends both, and the next start goes on."""
    dice = random.Random(7)
    with running_server(tmp_path / "folder") as server, server.client() as client:
        number, _ = start_build(client, dice)
        worker = worker_of(server)
        code = server.stop(signal.SIGTERM)
        gone = not exists(worker)
    with running_server(tmp_path / "folder") as server, server.client() as client:
        status = ended(client, NAME, number)["status"]

    assert (code, gone, status) == (0, True, "Succeeded")


def test_deleting_in_the_middle_of_a_build_cancels_it(tmp_path: Path) -> None:
    """No version is left, and the same name starts at 1 again."""
    dice = random.Random(7)
    with running_server(tmp_path / "folder") as server, server.client() as client:
        _, location = start_build(client, dice)
        deleted = client.delete(f"{ROOT}/{NAME}", params=VERSION).status_code
        gone = client.get(f"{ROOT}/{NAME}", params=VERSION).status_code
        operation = operation_of(client, location)
        again = put_inline(client, NAME, EXAMPLES[:8]).json()["version"]
        status = ended(client, NAME, again)["status"]

    assert (deleted, gone, operation) == (204, 404, "Failed")
    assert (again, status) == (1, "Succeeded")
