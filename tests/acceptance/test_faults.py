"""Machines that misbehave: each fault has its stated behaviour, and nothing acknowledged is lost.

docs/postgresql.md has the table. The other faults are in test_server_killed, test_never_lost, test_replicas.
"""

import ctypes
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import httpx
import pytest

import quell.models
from quell.database.migrate import migrate
from quell.database.opening import FILE
from quell.database.sqlite import SqliteDatabase
from tests.acceptance.live_server import KEY, running_server
from tests.database.filling import fill

PROGRAM = str(Path(__file__).with_name("broken_quell.py"))
VERSION = {"api-version": "2024-09-15-preview"}
INCIDENT = "/contentsafety/text/incidents/faults"
HOUR = 3600
_DROP_FROM_BOUNDS, _OVERRIDE = 24, 1  # of prctl: root must not pass over the rights of files


def add(client: httpx.Client, *texts: str) -> httpx.Response:
    """Add samples."""
    body = {"incidentSamples": [{"text": text} for text in texts]}
    return client.post(f"{INCIDENT}:addIncidentSamples", params=VERSION, json=body)


def caught(client: httpx.Client, text: str) -> bool:
    """Return whether a text hits."""
    body = {"text": text, "incidentNames": ["faults"]}
    answer = client.post("/contentsafety/text:detectIncidents", params=VERSION, json=body)
    return bool(answer.raise_for_status().json()["incidentMatches"])


def stored(client: httpx.Client) -> set[str]:
    """Return the texts of all samples."""
    answer = client.get(f"{INCIDENT}/incidentSamples", params={**VERSION, "maxpagesize": 1000})
    return {item["text"] for item in answer.raise_for_status().json()["value"]}


def command(
    *words: str, folder: Path, program: str = PROGRAM, before: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command over a data folder to its end."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("QUELL_")}
    environment |= {
        "QUELL_DATA": str(folder),
        "QUELL_KEYS": KEY,
        "QUELL_PORT": "0",
        "QUELL_BROKEN": str(folder.parent),
    }
    return subprocess.run(
        [sys.executable, program, *words],
        check=False,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        cwd=folder.parent,
        preexec_fn=before,
    )


def test_the_clock_and_the_disk_fail_and_the_server_goes_on(tmp_path: Path) -> None:
    """An hour forward, an hour back, no room and room again: nothing is wrong, nothing acknowledged lost."""
    folder, kept = tmp_path / "folder", []
    with ExitStack() as opened:
        server = opened.enter_context(
            running_server(folder, command=(PROGRAM, "serve"), broken=str(tmp_path), database="")
        )
        client = opened.enter_context(server.client())
        client.patch(INCIDENT, params=VERSION, json={}).raise_for_status()
        for offset in (0, HOUR, -HOUR):
            (tmp_path / "clock").write_text(str(offset))
            kept.append(f"velvet armchair sold with the clock {offset} seconds off")
            assert add(client, kept[-1]).status_code == 200
            assert caught(client, kept[-1])
        (tmp_path / "disk-full").touch()
        answers = [add(client, f"{n} " + "walnut desk " * 75) for n in range(8)]
        meanwhile = caught(client, kept[0])
        (tmp_path / "disk-full").unlink()
        kept.append("accordion lessons once there is room again")
        again = add(client, kept[-1]).status_code
        found, wrong = stored(client), caught(client, "simmer the lentils with cumin")

    refused = [answer for answer in answers if answer.status_code != 200]
    assert refused
    for answer in refused:
        assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
        assert "disk that holds the data folder is full; nothing was stored" in answer.text
    assert (meanwhile, again, wrong) == (True, 200, False)
    assert len(found) == len(kept) + len(answers) - len(refused)
    assert set(kept) <= found


def filled(folder: Path) -> None:
    """Store incidents with samples, without a server."""
    folder.mkdir()
    with closing(SqliteDatabase(folder / FILE, durability="normal")) as database:
        migrate(database)
        fill(database, 40, only="incident")
        with database.transaction() as tx:
            tx.execute("update incident set medium = 'text'")


def damage(database: Path, table: str) -> None:
    """Overwrite the page that a table begins on."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
        page = connection.execute("select rootpage from sqlite_master where name = ?", (table,)).fetchone()[0]
        size = connection.execute("pragma page_size").fetchone()[0]
    with database.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)


def test_a_damaged_page_stops_the_start_and_the_doctor_names_it(tmp_path: Path) -> None:
    """A server does not answer from half a database: it says who knows more, and what to do."""
    folder = tmp_path / "folder"
    filled(folder)
    damage(folder / FILE, "incident_sample")

    started = command("serve", folder=folder)
    looked = command("doctor", "--json", folder=folder)

    checks = {one["name"]: one for one in json.loads(looked.stdout)["checks"]}
    assert started.returncode == 1
    assert "The database file is damaged: 'quell doctor' says where" in started.stderr
    assert (looked.returncode, checks["database"]["state"]) == (1, "bad")
    assert "damaged; restore it from a backup" in checks["database"]["sentence"]


def without_override() -> None:
    """Let the rights of files count for root, too."""
    ctypes.CDLL(None).prctl(_DROP_FROM_BOUNDS, _OVERRIDE, 0, 0, 0)


def test_a_folder_that_may_only_be_read_stops_the_start(tmp_path: Path) -> None:
    """One sentence, no traceback, and nothing in it is touched."""
    folder = tmp_path / "folder"
    folder.mkdir()
    filled_with = shutil.copy2(__file__, folder / "something")
    folder.chmod(0o555)

    started = command("serve", folder=folder, before=without_override)
    looked = command("doctor", "--json", folder=folder, before=without_override)

    folder.chmod(0o755)
    checks = {one["name"]: one for one in json.loads(looked.stdout)["checks"]}
    assert (started.returncode in {1, 2}, len(started.stderr.strip().splitlines())) == (True, 1)
    assert str(folder) in started.stderr
    assert "cannot be" in started.stderr
    assert checks["data folder"]["state"] == "bad"
    assert list(folder.iterdir()) == [Path(filled_with)]


@pytest.mark.parametrize("name", ["harms-e5"])
def test_a_truncated_model_file_stops_the_start_by_its_name(tmp_path: Path, name: str) -> None:
    """The network is not loaded: its SHA-256 differs, and the sentence names the file and both sums."""
    weights = tmp_path / "weights"
    weights.mkdir()
    for model in quell.models.WEIGHTS.iterdir():
        (weights / model.name).symlink_to(model)
    (weights / name).unlink()
    shutil.copytree(quell.models.WEIGHTS / name, weights / name)
    largest = max((weights / name).rglob("*.onnx*"), key=lambda path: path.stat().st_size)
    with largest.open("r+b") as file:
        file.truncate(largest.stat().st_size // 2)
    program = tmp_path / "program.py"
    program.write_text(
        "import pathlib, quell.models\n"
        f"quell.models.WEIGHTS = pathlib.Path({str(weights)!r})\n"
        "from quell.cli import main\nmain()\n"
    )

    started = command("serve", folder=tmp_path / "folder", program=str(program))

    assert started.returncode == 1, started.stderr
    assert f"{largest} is not the one that was shipped: its SHA-256 is" in started.stderr
