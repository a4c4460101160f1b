"""The child: what it gives up, when it ends, and that it needs neither numpy nor a parent."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from quell.pictures import exchange
from quell.pictures.child import arguments
from quell.pictures.domain import Limits
from tests.pictures.files import marked

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc is read")
MEMORY = 300 * 1024 * 1024
Child = subprocess.Popen[bytes]


def _start(module: str, seconds: float) -> Child:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", module, *arguments(Limits(max_bytes=10_000), MEMORY, seconds)],
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def _ready(child: Child) -> Child:
    assert child.stdout is not None
    exchange.read_ready(child.stdout)  # type: ignore[arg-type]  # without a buffer it is a FileIO
    return child


@pytest.fixture
def child() -> Iterator[Child]:
    """Return a child that is ready."""
    with _ready(_start("quell.pictures.child", 20.0)) as started:
        yield started
        started.kill()


def _ask(child: Child, data: bytes) -> None:
    assert child.stdin is not None
    exchange.write_all(child.stdin, exchange.LENGTH.pack(len(data)) + data)  # type: ignore[arg-type]


def test_a_child_has_little_to_lose(child: Child) -> None:
    """Memory is bounded, no file can be written, and a crash leaves no core of somebody's picture."""
    lines = Path(f"/proc/{child.pid}/limits").read_text(encoding="utf-8").splitlines()
    limits = {line[:25].strip(): line[25:].split()[:2] for line in lines}

    assert limits["Max address space"] == [str(MEMORY)] * 2
    assert limits["Max data size"] == [str(MEMORY)] * 2
    assert limits["Max core file size"] == ["0", "0"]
    assert limits["Max file size"] == ["0", "0"]


def test_a_child_is_small(child: Child) -> None:
    """It loads the decoders, and neither numpy nor the models nor the server."""
    loaded = Path(f"/proc/{child.pid}/maps").read_text(encoding="utf-8")

    assert "_imaging" in loaded
    assert not any(name in loaded for name in ("numpy", "onnxruntime", "pydantic", "cv2"))


def test_a_child_ends_with_its_input(child: Child) -> None:
    """A closed pipe is the end of its work, with nothing to complain about."""
    assert child.stdin is not None
    child.stdin.close()

    assert child.wait(10) == 0


def test_a_child_that_is_sent_too_much_ends(child: Child) -> None:
    """A length above the limit of a file is not made room for."""
    _ask(child, bytes(10_001))

    assert child.wait(10) == 0


def test_a_child_ends_in_the_middle_of_a_picture_that_takes_too_long() -> None:
    """Where no server is left to end it, its own timer does."""
    with _ready(_start("tests.pictures.doomed_child", 0.3)) as child:
        _ask(child, marked("sleep"))

        assert child.wait(20) == -signal.SIGALRM


def test_a_child_whose_parent_is_gone_ends_though_its_input_is_open(tmp_path: Path) -> None:
    """Another process of the server can hold the pipe open; the child looks for its parent."""
    told = tmp_path / "pid"
    words = ["-P", "-m", "tests.pictures.doomed_child", *arguments(Limits(), MEMORY, 20.0)]
    program = (
        "import os, subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, *{words!r}], stdin=0, stdout=subprocess.DEVNULL)\n"
        f"open({str(told)!r}, 'w').write(str(child.pid))\n"
        "import time; time.sleep(1)\n"
        "os._exit(0)\n"
    )
    out, into = os.pipe()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", program], stdin=out, env=environment, check=True, timeout=60)
    pid = int(told.read_text(encoding="utf-8"))

    until = time.monotonic() + 20
    while time.monotonic() < until and _runs(pid):
        time.sleep(0.05)
    running = _runs(pid)
    os.close(into)
    os.close(out)

    assert not running


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"
