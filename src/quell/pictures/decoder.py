"""Decodes pictures in child processes: a file that crashes, hangs or bloats one takes nothing else with it.

request ─▶ admit (header only, here) ─▶ a free child ─▶ pixels through a pipe
             └─ refused: 400               └─ crashed, too slow, too large: 400, and a new child
"""

import contextlib
import logging
import os
import queue
import subprocess
import sys
import threading
from io import FileIO
from typing import cast

import numpy as np
from numpy.typing import NDArray

from quell.errors import InvalidRequestBody, ServerBusy
from quell.pictures import exchange
from quell.pictures.admission import admit
from quell.pictures.child import arguments
from quell.pictures.decoding import decode_here
from quell.pictures.domain import Frame, Limits, Picture

if sys.platform == "linux":
    import fcntl

SECONDS = 20.0
START_SECONDS = 60.0
PIPE_BYTES = 1024 * 1024
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "LANG")
_log = logging.getLogger(__name__)


class PictureDecoder:
    """Decodes with `processes` children, started when first needed; with none, in this process.

    A picture has `seconds` of time and a child `memory` bytes of address space.
    """

    def __init__(
        self,
        limits: Limits,
        processes: int = 2,
        *,
        seconds: float = SECONDS,
        memory: int | None = None,
        module: str = "quell.pictures.child",
    ) -> None:
        self._limits = limits
        self._seconds = seconds
        self._command = [sys.executable, "-P", "-s", "-m", module]
        self._command += arguments(limits, memory or memory_for(limits), seconds)
        self._processes = processes
        self._closed = False
        # The one that was used last is taken first: with few pictures only one child is ever started.
        self._free: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        for _ in range(processes):
            self._free.put(None)

    def decode(self, data: bytes, target: str) -> Picture:
        """Return the picture, or refuse it; waits for a free child. `target` names the field."""
        if not self._processes:
            return decode_here(data, self._limits, target)
        admit(data, self._limits, target)
        child = self._free.get()
        try:
            if self._closed:
                raise ServerBusy("The server is stopping.", reason="stopping")
            if child is None or not child.alive:
                child = self._replaced(child)
            return child.decode(data, self._limits, target)
        finally:
            self._free.put(child)

    @property
    def children(self) -> list[int]:
        """The process ids of the children that are not at work."""
        with self._free.mutex:
            return [child.pid for child in self._free.queue if child is not None and child.alive]

    @property
    def alive(self) -> int:
        """How many children there are, those at work included."""
        return len(self.children) + self._processes - self._free.qsize()

    def close(self) -> None:
        """Wait for the pictures at work, then end every child; later calls are refused."""
        self._closed = True
        for child in [self._free.get() for _ in range(self._processes)]:
            if child is not None:
                child.close()
        for _ in range(self._processes):
            self._free.put(None)

    def _replaced(self, old: "_Child | None") -> "_Child":
        if old is not None:
            old.close()
        try:
            return _Child(self._command, self._seconds)
        except (OSError, exchange.Ended) as failed:
            _log.error("no process for decoding pictures could be started: %r", failed)
            raise ServerBusy(
                "No process for decoding pictures could be started.", retry_after=1, reason="decoding"
            ) from failed


def memory_for(limits: Limits) -> int:
    """Return the bytes of address space that decoding one picture within the limits can take."""
    # WEBP is the largest: two canvases, the frame as bytes and as an image, and its smaller copy.
    return 256 * 1024 * 1024 + 6 * 4 * limits.max_side**2


class _Child:
    """One process; used by one thread at a time."""

    def __init__(self, command: list[str], seconds: float) -> None:
        self._seconds = seconds
        self._process = subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
            command,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        )
        self._input = cast("FileIO", self._process.stdin)
        self._output = cast("FileIO", self._process.stdout)
        _widen(self._input, self._output)
        try:
            with _Deadline(self._process, START_SECONDS):
                exchange.read_ready(self._output)
        except (OSError, exchange.Ended):
            self.close()
            raise

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        return self._process.pid

    def decode(self, data: bytes, limits: Limits, target: str) -> Picture:
        deadline = _Deadline(self._process, self._seconds)
        try:
            with deadline:
                exchange.write_all(self._input, exchange.LENGTH.pack(len(data)))
                exchange.write_all(self._input, data)
                return self._answer(limits, target)
        except (OSError, exchange.Ended) as ended:
            self.close()
            if deadline.passed:
                reason = f"takes too long to decode: at most {self._seconds:g} seconds are given"
            else:
                reason = "is broken: decoding it failed"
            _log.warning("a process for decoding pictures ended: the image %s", reason)
            raise InvalidRequestBody(f"The image {reason}.", target=target) from ended

    def close(self) -> None:
        """End the process; one that is told to by its input has a second to do so."""
        with contextlib.suppress(OSError):
            self._input.close()
        try:
            self._process.wait(1)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._output.close()

    def _answer(self, limits: Limits, target: str) -> Picture:
        kind = exchange.read_exactly(self._output, 1)
        if kind == b"R":
            raise InvalidRequestBody(exchange.read_sentence(self._output), target=target)
        if kind != b"P":
            raise exchange.Ended
        head = exchange.PICTURE.unpack(exchange.read_exactly(self._output, exchange.PICTURE.size))
        name, width, height, frame_count, frames = head
        sizes = exchange.read_frame_sizes(self._output, frames, limits)
        pictures = tuple(
            Frame(self._pixels(wide, high), self._pixels(wide, high) if black else None)
            for wide, high, black in sizes
        )
        return Picture(name.rstrip(b"\0").decode("ascii", "replace"), width, height, pictures, frame_count)

    def _pixels(self, width: int, height: int) -> NDArray[np.uint8]:
        pixels = np.empty((height, width, 3), np.uint8)
        exchange.read_into(self._output, pixels.data.cast("B"))
        return pixels


class _Deadline:
    """Kills a process that is not done in time; the pipe to it then ends."""

    def __init__(self, process: "subprocess.Popen[bytes]", seconds: float) -> None:
        self.passed = False
        self._process = process
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()

    def _end(self) -> None:
        self.passed = True
        self._process.kill()


def _environment() -> dict[str, str]:
    """Return what a child sees of the environment: nothing secret, and the packages found here."""
    seen = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    return {**seen, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def _widen(*pipes: FileIO) -> None:
    """Let a pipe hold more, so that pixels pass in few turns; where it may not, it works as well."""
    if sys.platform == "linux":
        for pipe in pipes:
            with contextlib.suppress(OSError):
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
