"""The process that decodes: reads files from its input, writes pixels to its output, ends with its parent.

Started by `PictureDecoder` as `python -m quell.pictures.child SIDES… MEMORY SECONDS`.
"""

import contextlib
import importlib
import os
import signal
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from io import FileIO

from quell.errors import InvalidRequestBody
from quell.pictures import exchange
from quell.pictures.domain import Limits
from quell.pictures.pixels import RawPicture, read_pixels

if sys.platform != "win32":
    import resource
    import select

OPEN_FILES = 32
PARENT_CHECK = 10.0  # seconds between looks whether the parent is still there
PLUGINS = ("Bmp", "Gif", "Jpeg", "Mpo", "Png", "Tiff", "WebP")


def arguments(limits: Limits, memory: int, seconds: float) -> list[str]:
    """Return what a child is told when it is started."""
    return [*(str(number) for number in astuple(limits)), str(memory), str(seconds)]


def main(words: Sequence[str]) -> None:
    """Decode until the input ends."""
    *numbers, memory, seconds = words
    limits = Limits(*(int(number) for number in numbers))
    source, sink = _pipes()
    warnings.simplefilter("ignore")
    for plugin in PLUGINS:
        importlib.import_module(f"PIL.{plugin}ImagePlugin")
    _settle(int(memory))
    serve(source, sink, limits, float(seconds))


def serve(source: FileIO, sink: FileIO, limits: Limits, seconds: float) -> None:
    """Answer one file after the other."""
    with contextlib.suppress(exchange.Ended, BrokenPipeError):
        exchange.write_all(sink, exchange.READY)
        while _more(source):
            (length,) = exchange.LENGTH.unpack(exchange.read_exactly(source, exchange.LENGTH.size))
            if length > limits.max_bytes:
                return
            data = exchange.read_exactly(source, length)
            with _at_most(seconds):
                parts = list(_answer(data, limits))
                del data
                for part in parts:
                    exchange.write_all(sink, part)
            del parts


def _answer(data: bytes, limits: Limits) -> Iterator[bytes]:
    try:
        raw: RawPicture = read_pixels(data, limits, "")
    except InvalidRequestBody as refused:
        return exchange.refusal_parts(refused.message)
    return exchange.picture_parts(raw)


def _pipes() -> tuple[FileIO, FileIO]:
    """Return input and output; what libraries print goes nowhere and not between the pixels."""
    source, sink = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1):
        os.dup2(nowhere, standard)
    os.close(nowhere)
    return FileIO(source, "rb"), FileIO(sink, "wb")


def _settle(memory: int) -> None:
    """Give up what decoding does not need, where the system lets a process do so."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # both go to the whole group; the server says when to end
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if sys.platform == "win32":
        return
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_CORE, 0),  # a crash must not leave somebody's picture on the disk
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
    ):
        with contextlib.suppress(OSError, ValueError):  # macOS knows some of them only by name
            resource.setrlimit(kind, (most, most))


def _more(source: FileIO) -> bool:
    """Wait for a file; False where the parent is gone although somebody else holds its end of the pipe."""
    if sys.platform == "win32":
        return True
    parent = os.getppid()
    while not select.select([source], [], [], PARENT_CHECK)[0]:
        if os.getppid() != parent:
            return False
    return True


@contextlib.contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """End this process when time is up, even where no parent is left to do it."""
    if sys.platform == "win32":
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, seconds + 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


if __name__ == "__main__":
    main(sys.argv[1:])
