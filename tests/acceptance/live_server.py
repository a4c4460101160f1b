"""A real server in a process of its own, for tests that talk to it over a socket."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.databases import database_url

KEY = "0123456789abcdef0123456789abcdef"
SECOND_KEY = "fedcba9876543210fedcba9876543210"
START_SECONDS = 60.0


def free_port() -> int:
    """Ask the system for a port nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class LiveServer:
    """A started server: where it is, its key and its process."""

    endpoint: str
    folder: Path
    process: subprocess.Popen[bytes]
    log: Path
    headers: dict[str, str] = field(default_factory=lambda: {"Ocp-Apim-Subscription-Key": KEY})

    def client(self, **options: object) -> httpx.Client:
        """Return an HTTP client that carries the key."""
        return httpx.Client(base_url=self.endpoint, headers=self.headers, timeout=60, **options)  # type: ignore[arg-type]

    def stop(self, signal_number: int = signal.SIGTERM) -> int:
        """Signal the process and wait for its end."""
        if self.process.poll() is None:
            self.process.send_signal(signal_number)
        return self.process.wait(timeout=60)


def wait_until_ready(endpoint: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the server says that it is ready; fail with its log when it ends before."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"the server ended with {process.returncode}:\n{log.read_text()}")
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{endpoint}/ready", timeout=5).status_code == 200:
                return
        time.sleep(0.05)
    raise AssertionError(f"the server was not ready in {START_SECONDS} s:\n{log.read_text()}")


@contextlib.contextmanager
def running_server(
    folder: Path, *, command: Sequence[str] = ("-m", "quell", "serve"), **settings: str
) -> Iterator[LiveServer]:
    """Start a server on a free loopback port over a data folder; stop it at the end."""
    settings.setdefault("database", database_url(folder))
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    log = folder.parent / f"{folder.name}-{port}.log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("QUELL_")}
    environment |= {
        "QUELL_PORT": str(port),
        "QUELL_DATA": str(folder),
        "QUELL_KEYS": f"{KEY},{SECOND_KEY}",
        **{f"QUELL_{name.upper()}": value for name, value in settings.items()},
    }
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, *command],
            env=environment,
            stdout=sink,
            stderr=subprocess.STDOUT,
            cwd=folder.parent,
        )
    endpoint = f"http://127.0.0.1:{port}"
    server = LiveServer(endpoint, folder, process, log)
    try:
        wait_until_ready(endpoint, process, log)
        yield server
    finally:
        server.stop(signal.SIGKILL)
