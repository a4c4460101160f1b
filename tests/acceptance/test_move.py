"""Moving a data folder into a PostgreSQL server, killed again and again on the way."""

import os
import random
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from quell.database.base import Database
from quell.database.migrate import migrate
from quell.database.opening import FILE
from quell.database.postgres import PostgresDatabase
from quell.database.sqlite import SqliteDatabase
from quell.errors import QuellError
from tests.database.filling import fill
from tests.database.test_tables import digests
from tests.databases import schema_url


def copied(target: Database) -> str:
    """Return how far the move is, in any words."""
    try:
        with target.reading() as tx:
            return str(tx.fetch_all("select name, value from data_move order by name"))
    except QuellError:
        return ""


def started(folder: Path, url: str) -> subprocess.Popen[bytes]:
    """Start the command, with the password in the environment."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("QUELL_")}
    command = [sys.executable, "-m", "quell", "migrate", "--from", f"sqlite:{folder}"]
    return subprocess.Popen(
        command,
        env={**environment, "QUELL_DATABASE": url, "QUELL_DATA": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=folder,
    )


def run_and_kill(folder: Path, url: str, target: Database, dice: random.Random) -> None:
    """Kill the move a moment after it has got further than it was, or let it end."""
    before, process = copied(target), started(folder, url)
    while process.poll() is None and copied(target) in {before, ""}:
        time.sleep(0.005)
    time.sleep(dice.uniform(0, 0.05))
    process.kill()
    process.communicate()


@pytest.mark.parametrize("kills", [2, pytest.param(100, marks=pytest.mark.nightly)])
def test_a_move_that_is_killed_again_and_again_ends_with_the_same_rows(tmp_path: Path, kills: int) -> None:
    """Every try goes on where the last one was killed; no row is lost, repeated or changed."""
    dice, url = random.Random(7), schema_url()
    with (
        closing(SqliteDatabase(tmp_path / FILE, durability="normal")) as source,
        closing(PostgresDatabase(url)) as target,
    ):
        migrate(source)
        fill(source, 1_500 * max(1, kills // 10))
        wanted = digests(source)
        for _ in range(kills):
            run_and_kill(tmp_path, url, target, dice)
        unfinished = copied(target)
        last = started(tmp_path, url)
        _, told = last.communicate(timeout=300)

        assert (unfinished != "", last.returncode, told.count(b"hold the same")) == (True, 0, 1)
        assert digests(target) == wanted
