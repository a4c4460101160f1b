"""The children of a real server that decode: none before the first picture, none after its end, no 5xx."""

import base64
import os
import signal
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.acceptance.live_server import LiveServer, running_server
from tests.pictures.files import bombs, marked, mutated, variants

ANALYZE = "/contentsafety/image:analyze?api-version=2024-09-01"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc is read")


def _analyze(server: LiveServer, data: bytes) -> httpx.Response:
    with server.client() as client:
        body = {"image": {"content": base64.b64encode(data).decode()}, "categories": ["Sexual"]}
        return client.post(ANALYZE, json=body)


def _children(server: LiveServer) -> list[int]:
    tasks = Path(f"/proc/{server.process.pid}/task").iterdir()
    return [int(pid) for task in tasks for pid in (task / "children").read_text(encoding="utf-8").split()]


def _ended(pids: list[int]) -> bool:
    until = time.monotonic() + 10
    while time.monotonic() < until and any(_runs(pid) for pid in pids):
        time.sleep(0.05)
    return not any(_runs(pid) for pid in pids)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_children_come_with_pictures_and_go_with_the_server(tmp_path: Path, number: int) -> None:
    """A stopped and a killed server leave none behind; a server without pictures has none."""
    with running_server(tmp_path / "folder") as server:
        before = _children(server)
        status = _analyze(server, marked("fine")).status_code
        children = _children(server)
        server.stop(number)

        assert (before, status, len(children)) == ([], 200, 1)
        assert _ended(children)


def test_a_child_that_is_killed_costs_the_server_nothing(server: LiveServer) -> None:
    """The next picture gets a new child."""
    _analyze(server, marked("fine"))
    for pid in _children(server):
        os.kill(pid, signal.SIGKILL)

    assert _analyze(server, marked("fine")).status_code == 200


def test_broken_pictures_never_are_the_servers_fault(server: LiveServer) -> None:
    """Bombs and changed files of every format: 200, or 400 with the field; at the end all is as before."""
    files = [*bombs().values()]
    files += [mutated(data, seed) for kinds in variants().values() for seed in range(4) for data in kinds]
    answers = [_analyze(server, data) for data in files]
    refused = [answer.json()["error"] for answer in answers if answer.status_code == 400]
    reasons = {(error["code"], error["target"]) for error in refused}

    assert {answer.status_code for answer in answers} == {200, 400}
    assert reasons == {("InvalidRequestBody", "image.content")}
    assert _analyze(server, marked("fine")).status_code == 200
