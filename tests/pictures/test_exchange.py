"""The pipes: nothing that comes from a child is believed."""

import io
import os

import pytest

from quell.pictures import exchange
from quell.pictures.domain import Limits
from quell.pictures.pixels import RawFrame, RawPicture


def _pipe(data: bytes) -> io.RawIOBase:
    return io.FileIO(_file(data), "rb")


def _file(data: bytes) -> int:
    out, into = os.pipe()
    os.write(into, data)
    os.close(into)
    return out


def test_a_pipe_that_ends_is_an_end() -> None:
    """Fewer bytes than promised are no answer."""
    with _pipe(b"abc") as pipe, pytest.raises(exchange.Ended):
        exchange.read_exactly(pipe, 4)


@pytest.mark.parametrize(
    ("count", "sizes"),
    [(0, b""), (9, bytes(45)), (1, exchange.FRAME.pack(1_281, 50, 0)), (1, exchange.FRAME.pack(50, 0, 0))],
    ids=["no frame", "too many", "too wide", "no row"],
)
def test_frames_beyond_the_limits_are_an_end(count: int, sizes: bytes) -> None:
    """A child that was taken over cannot make the server allocate more than a picture has."""
    with _pipe(sizes) as pipe, pytest.raises(exchange.Ended):
        exchange.read_frame_sizes(pipe, count, Limits())


def test_a_long_sentence_is_an_end() -> None:
    """A refusal has a length that fits an error."""
    with _pipe(exchange.SENTENCE.pack(60_000)) as pipe, pytest.raises(exchange.Ended):
        exchange.read_sentence(pipe)


def test_a_refusal_arrives() -> None:
    """The sentence comes as it was sent."""
    parts = b"".join(exchange.refusal_parts("Größer als 7200."))

    with _pipe(parts[1:]) as pipe:
        assert exchange.read_sentence(pipe) == "Größer als 7200."


def test_pixels_follow_the_numbers() -> None:
    """All numbers come first, so that the server can refuse them before it makes room."""
    raw = RawPicture("PNG", 60, 50, 7, (RawFrame(1, 2, b"abcdef", b"ABCDEF"), RawFrame(1, 1, b"xyz")))

    head, *pixels = exchange.picture_parts(raw)

    assert pixels == [b"abcdef", b"ABCDEF", b"xyz"]
    assert len(head) == 1 + exchange.PICTURE.size + 2 * exchange.FRAME.size
