"""Named keys against live servers: in force without a restart, in every process."""

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.acceptance.live_server import LiveServer, running_server
from tests.databases import database_url

TINY = ("-m", "tests.cli.tiny_server", "serve")
ROOT = str(Path(__file__).parents[2])
LIST = "/contentsafety/text/incidents?api-version=2024-09-15-preview"
ANALYZE = "/contentsafety/text:analyze?api-version=2024-09-01"


def keys(folder: Path, *words: str) -> str:
    """Run `quell keys …` in a process of its own beside the servers."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("QUELL_")}
    environment["QUELL_DATABASE"] = database_url(folder)
    done = subprocess.run(
        [sys.executable, "-m", "quell", "keys", *words, "--data", str(folder)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.strip()


def status(server: LiveServer, key: str, path: str = LIST) -> int:
    """Return how a request with a key is answered."""
    headers = {"Ocp-Apim-Subscription-Key": key}
    if path == LIST:
        return httpx.get(server.endpoint + path, headers=headers, timeout=20).status_code
    return httpx.post(server.endpoint + path, headers=headers, json={"text": "hello"}, timeout=20).status_code


def until(server: LiveServer, key: str, wanted: int) -> None:
    """Return when a key is answered so; fail after ten seconds."""
    deadline = time.monotonic() + 10
    while status(server, key) != wanted:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_key_made_rotated_and_removed_beside_two_servers_counts_in_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No server is restarted, each heeds each change, roles hold, and the log names the key."""
    folder = tmp_path / "folder"
    monkeypatch.setenv("PYTHONPATH", ROOT)
    with running_server(folder, command=TINY) as one, running_server(folder, command=TINY) as two:
        first = keys(folder, "add", "desk", "--role", "read")
        for server in (one, two):
            until(server, first, 200)
        assert status(one, first, ANALYZE) == 403
        second = keys(folder, "rotate", "desk")
        for server in (one, two):
            until(server, second, 200)
            until(server, first, 401)
        keys(folder, "remove", "desk")
        for server in (one, two):
            until(server, second, 401)
        one.stop()
        log = one.log.read_text()

    assert '"key": "desk"' in log
    assert first not in log
    assert second not in log
