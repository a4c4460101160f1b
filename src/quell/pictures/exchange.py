"""What goes through the pipes between the server and a process that decodes: lengths and bytes, no objects.

    request   length (4), the file
    answer    'P', format (8), width, height, frame count (4 each), frames (1)
              for each frame: width, height (2 each), 1 where it is see-through
              then the pixels of each frame, on white and, where see-through, on black
    answer    'R', length (2), the sentence that refuses

The server trusts no number of an answer: native code that met a hostile file wrote it.
"""

import struct
from collections.abc import Iterator
from typing import Protocol

from quell.pictures.domain import WORKING_SIDE, Limits
from quell.pictures.pixels import RawPicture

READY = b"ready"
LENGTH = struct.Struct(">I")
PICTURE = struct.Struct(">8sIIIB")
FRAME = struct.Struct(">HHB")
SENTENCE = struct.Struct(">H")
MAX_SENTENCE = 1_000


class Ended(Exception):
    """The other side went away, or says what makes no sense."""


class Readable(Protocol):
    """A pipe that is read without a buffer."""

    def readinto(self, buffer: memoryview, /) -> int | None:
        """Fill some of the buffer; 0 at the end."""


class Writable(Protocol):
    """A pipe that is written without a buffer."""

    def write(self, data: bytes | memoryview, /) -> int | None:
        """Write some of the bytes; return how many."""


def read_into(pipe: Readable, buffer: memoryview) -> None:
    """Fill the buffer, or raise Ended."""
    while len(buffer):
        got = pipe.readinto(buffer)
        if not got:
            raise Ended
        buffer = buffer[got:]


def read_exactly(pipe: Readable, size: int) -> bytes:
    """Return this many bytes, or raise Ended."""
    taken = bytearray(size)
    read_into(pipe, memoryview(taken))
    return bytes(taken)


def read_ready(pipe: Readable) -> None:
    """Wait until the other side says that it is ready, or raise Ended."""
    if read_exactly(pipe, len(READY)) != READY:
        raise Ended


def write_all(pipe: Writable, data: bytes) -> None:
    """Write all bytes, however many a pipe takes at once."""
    rest = memoryview(data)
    while rest:
        rest = rest[pipe.write(rest) or 0 :]


def refusal_parts(sentence: str) -> Iterator[bytes]:
    """Yield the answer that refuses a file."""
    words = sentence.encode()[:MAX_SENTENCE]
    yield b"R" + SENTENCE.pack(len(words)) + words


def picture_parts(raw: RawPicture) -> Iterator[bytes]:
    """Yield the answer with a picture: the numbers first, then the pixels."""
    head = PICTURE.pack(raw.format.encode(), raw.width, raw.height, raw.frame_count, len(raw.frames))
    sizes = (FRAME.pack(one.width, one.height, one.on_black is not None) for one in raw.frames)
    yield b"P" + head + b"".join(sizes)
    for frame in raw.frames:
        yield frame.on_white
        if frame.on_black is not None:
            yield frame.on_black


def read_sentence(pipe: Readable) -> str:
    """Return the sentence of a refusal."""
    (length,) = SENTENCE.unpack(read_exactly(pipe, SENTENCE.size))
    if length > MAX_SENTENCE:
        raise Ended
    return read_exactly(pipe, length).decode(errors="replace")


def read_frame_sizes(pipe: Readable, count: int, limits: Limits) -> list[tuple[int, int, bool]]:
    """Return width, height and whether it is see-through, of each frame."""
    if not 1 <= count <= limits.frames:
        raise Ended
    sizes = [FRAME.unpack(read_exactly(pipe, FRAME.size)) for _ in range(count)]
    if any(not 1 <= side <= WORKING_SIDE for width, height, _ in sizes for side in (width, height)):
        raise Ended
    return [(width, height, bool(black)) for width, height, black in sizes]
