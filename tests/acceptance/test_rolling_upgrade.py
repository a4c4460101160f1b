"""Servers of two neighbouring versions on one PostgreSQL, replaced one after the other without a pause."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.acceptance.live_server import LiveServer, running_server
from tests.acceptance.newer_quell import STEPS
from tests.databases import PostgresServer

ROOT = Path(__file__).parents[2]
NEWER = (str(ROOT / "tests" / "acceptance" / "newer_quell.py"),)
OLDER = ("-m", "quell")
VERSION = {"api-version": "2024-09-15-preview"}
INCIDENTS = "/contentsafety/text/incidents"


@contextmanager
def traffic(server: LiveServer) -> Iterator[list[int]]:
    """Check a text through a server without a pause until the end of the block; give every status."""
    body = {"text": "a quiet afternoon at the lake", "incidentNames": ["steady"]}
    statuses: list[int] = []
    ended = threading.Event()

    def ask() -> None:
        with server.client() as client:
            while not ended.is_set():
                answer = client.post("/contentsafety/text:detectIncidents", params=VERSION, json=body)
                statuses.append(answer.status_code)
                time.sleep(0.02)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield statuses
    finally:
        ended.set()
        thread.join()


def put(client: httpx.Client, name: str, text: str) -> None:
    """Make an incident with one sample."""
    client.patch(f"{INCIDENTS}/{name}", params=VERSION, json={}).raise_for_status()
    body = {"incidentSamples": [{"text": text}]}
    client.post(f"{INCIDENTS}/{name}:addIncidentSamples", params=VERSION, json=body).raise_for_status()


def caught(client: httpx.Client, name: str, text: str) -> bool:
    """Return whether a text hits an incident."""
    body = {"text": text, "incidentNames": [name]}
    answer = client.post("/contentsafety/text:detectIncidents", params=VERSION, json=body)
    return bool(answer.raise_for_status().json()["incidentMatches"])


def command(
    program: tuple[str, ...], url: str, folder: Path, *words: str
) -> subprocess.CompletedProcess[str]:
    """Run a command of one of the versions."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("QUELL_")}
    environment |= {"QUELL_DATABASE": url, "QUELL_DATA": str(folder), "QUELL_PORT": "0"}
    return subprocess.run(
        [sys.executable, *program, *words],
        check=False,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def url() -> Iterator[str]:
    """Return the address of a server of its own: an older version in any schema of it would be in the way."""
    postgres = PostgresServer()
    yield postgres.url
    postgres.remove()


def test_servers_are_replaced_without_a_pause(url: str, tmp_path: Path) -> None:
    """The old version serves on while the new one adds to the schema; each sees the other's changes."""
    with ExitStack() as opened:
        old = opened.enter_context(running_server(tmp_path / "old", command=(*OLDER, "serve"), database=url))
        before = opened.enter_context(old.client())
        put(before, "steady", "umbrella stand made of brass")
        with traffic(old) as statuses:
            new = opened.enter_context(
                running_server(tmp_path / "new", command=(*NEWER, "serve"), database=url)
            )
            after = opened.enter_context(new.client())
            put(after, "by-new", "accordion lessons by the harbour")
            put(before, "by-old", "rocking horse with a velvet saddle")
            seen = (
                caught(before, "by-new", "accordion lessons by the harbour"),
                caught(after, "by-old", "rocking horse with a velvet saddle"),
                caught(after, "steady", "umbrella stand made of brass"),
            )
            after.delete(f"{INCIDENTS}/by-old", params=VERSION).raise_for_status()
            gone = before.get(f"{INCIDENTS}/by-old", params=VERSION).status_code
            early = command(NEWER, url, tmp_path, "migrate", "--stage", "post")
        stopped = old.stop()
        late = command(NEWER, url, tmp_path, "migrate", "--stage", "post")
        put(after, "at-last", "tin drum with two sticks")
        still = caught(after, "at-last", "tin drum with two sticks")

    assert (seen, gone) == ((True, True, True), 404)
    assert set(statuses) == {200}
    assert len(statuses) > 20
    assert (early.returncode, "older version" in early.stderr) == (1, True)
    assert (stopped, late.returncode, still) == (0, 0, True)


def test_an_old_server_starts_beside_a_newer_schema_until_something_was_taken_away(
    url: str, tmp_path: Path
) -> None:
    """Going back is possible as long as all that is new only adds; then the refusal names the step."""
    newest = STEPS[-1]
    added = command(NEWER, url, tmp_path, "migrate")
    worked = command(OLDER, url, tmp_path, "work")
    looked = command(OLDER, url, tmp_path, "migrate")
    command(NEWER, url, tmp_path, "migrate", "--stage", "post")
    refused = command(OLDER, url, tmp_path, "serve")

    assert newest.name in added.stdout
    assert worked.returncode == 0, worked.stderr
    assert f"Schema version {newest.version - 1}." in looked.stdout
    assert refused.returncode == 1
    assert f"{newest.name} took away what it needs" in refused.stderr
