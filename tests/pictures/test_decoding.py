"""Decoding: limits by the header, transparency, orientation, depth, frames, broken files."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from quell.errors import InvalidRequestBody
from quell.pictures.decoding import FORMATS, decode_here
from quell.pictures.domain import WORKING_SIDE, Limits, Picture


def _file(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def _decode(data: bytes, limits: Limits | None = None) -> Picture:
    return decode_here(data, limits or Limits(), "image.content")


@pytest.mark.parametrize("kind", FORMATS)
def test_each_format_is_read(kind: str) -> None:
    """Every promised format gives its format, size and colour."""
    data = _file(Image.new("RGB", (60, 50), (200, 40, 40)), kind)

    found = _decode(data)

    assert (found.format, found.width, found.height) == (kind, 60, 50)
    assert abs(int(found.frames[0].on_white[25, 30, 0]) - 200) < 12


@pytest.mark.parametrize(("size", "words"), [((49, 50), "too small"), ((7_201, 50), "too large")])
def test_sides_are_limited(size: tuple[int, int], words: str) -> None:
    """A side below 50 or above 7,200 pixels is refused, naming the field."""
    data = _file(Image.new("L", size))

    with pytest.raises(InvalidRequestBody, match=words) as refused:
        _decode(data)

    assert refused.value.target == "image.content"


def test_too_many_bytes_are_refused() -> None:
    """A file above the limit is refused before it is opened."""
    with pytest.raises(InvalidRequestBody, match="at most 100 bytes"):
        _decode(b"\x89PNG" + bytes(100), Limits(max_bytes=100))


def test_a_large_picture_is_made_smaller_and_keeps_its_size_on_paper() -> None:
    """The working side bounds the pixels; width and height stay those of the file."""
    data = _file(Image.new("RGB", (4_000, 3_000), "green"), "JPEG")

    found = _decode(data)

    assert (found.width, found.height) == (4_000, 3_000)
    assert max(found.frames[0].on_white.shape) <= WORKING_SIDE


def test_a_turned_photograph_stands_upright() -> None:
    """The EXIF orientation is applied, to the pixels and to the size."""
    exif = Image.Exif()
    exif[0x0112] = 6
    data = _file(Image.new("RGB", (80, 60)), "JPEG", exif=exif)

    found = _decode(data)

    assert (found.width, found.height) == (60, 80)
    assert found.frames[0].on_white.shape == (80, 60, 3)


def test_what_is_see_through_is_seen_on_white_and_on_black() -> None:
    """Transparent pixels take the colour of the ground; opaque pictures have one view."""
    clear = _decode(_file(Image.new("RGBA", (50, 50), (0, 0, 0, 0))))
    opaque = _decode(_file(Image.new("RGBA", (50, 50), (9, 9, 9, 255))))

    assert [int(view.mean()) for view in clear.frames[0].views] == [255, 0]
    assert len(opaque.frames[0].views) == 1


def test_sixteen_bits_of_grey_keep_their_brightness() -> None:
    """A half-bright 16-bit picture is half-bright, not white."""
    data = _file(Image.fromarray(np.full((50, 50), 32_768, np.uint16)))

    assert abs(int(_decode(data).frames[0].on_white.mean()) - 127) <= 1


def test_later_frames_are_seen_and_their_number_is_bounded() -> None:
    """The frames are spread over the animation, the first and the last among them."""
    stills = [Image.new("L", (50, 50), shade * 12) for shade in range(20)]
    data = _file(stills[0], "GIF", save_all=True, append_images=stills[1:])

    found = _decode(data)

    assert (found.frame_count, len(found.frames)) == (20, 8)
    assert int(found.frames[-1].on_white.mean()) == 19 * 12


@pytest.mark.parametrize("kind", FORMATS)
def test_a_truncated_file_is_refused(kind: str) -> None:
    """Half of a file is an error, not half a picture."""
    noise = np.random.default_rng(1).integers(0, 255, (90, 90, 3), np.uint8)
    data = _file(Image.fromarray(noise), kind)

    with pytest.raises(InvalidRequestBody):
        _decode(data[: len(data) // 2])


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"<svg xmlns='x'/>", b"\x89PNG\r\n\x1a\n" + bytes(40)])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    """Other formats and broken headers are refused by name."""
    with pytest.raises(InvalidRequestBody, match="none of the formats"):
        _decode(data)
