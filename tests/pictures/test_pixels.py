"""Pixels: the modes in which formats hide what a plain conversion gets wrong."""

import struct

import numpy as np
import pytest
from PIL import Image

from quell.pictures.domain import Limits
from quell.pictures.pixels import RawPicture, read_pixels
from tests.pictures.files import file_of, noise


def _read(data: bytes, limits: Limits | None = None) -> RawPicture:
    return read_pixels(data, limits or Limits(), "image.content")


def _mean(data: bytes) -> float:
    return float(np.frombuffer(_read(data).frames[0].on_white, np.uint8).mean())


@pytest.mark.parametrize(
    ("values", "mean"),
    [
        (np.full((50, 50), 0.5, np.float32), 127.5),
        (np.full((50, 50), 128, np.float32), 128),
        (np.full((50, 50), 32_768, np.int32), 127.5),
        (np.full((50, 50), 100, np.int32), 100),
    ],
    ids=["fractions", "bytes in floats", "16 bits in 32", "bytes in 32"],
)
def test_grey_of_any_depth_keeps_its_brightness(values: np.ndarray, mean: float) -> None:
    """What is white is taken from the values where the file does not say it."""
    assert _mean(file_of(Image.fromarray(values), "TIFF")) == pytest.approx(mean, abs=1)


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf, 1e30])
def test_one_odd_pixel_does_not_blank_a_grey_picture(odd: float) -> None:
    """Nor does one that is far brighter than all others."""
    values = np.full((50, 50), 0.5, np.float32)
    values[7, 7] = odd
    whole = np.full((50, 50), 100, np.int32)
    whole[7, 7] = 2**31 - 1

    assert _mean(file_of(Image.fromarray(values), "TIFF")) == pytest.approx(127.5, abs=1)
    assert _mean(file_of(Image.fromarray(whole), "TIFF")) == pytest.approx(100, abs=1)


@pytest.mark.parametrize(("alpha", "views"), [(0, 1), (255, 1), (128, 2)])
def test_a_bitmap_whose_fourth_byte_is_empty_is_opaque(alpha: int, views: int) -> None:
    """Programs show it; half see-through it is laid on white and on black as any other."""
    masks = (0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    info = struct.pack("<IiiHHIIiiII4I", 108, 50, 50, 1, 32, 3, 10_000, 0, 0, 0, 0, *masks).ljust(108, b"\0")
    head = b"BM" + struct.pack("<IHHI", 14 + 108 + 10_000, 0, 0, 14 + 108)

    frame = _read(head + info + bytes((30, 20, 10, alpha)) * 2_500).frames[0]

    assert 1 + (frame.on_black is not None) == views
    assert views == 2 or frame.on_white[:3] == bytes((10, 20, 30))


def test_a_grey_picture_of_no_numbers_is_read() -> None:
    """Not-a-number and infinity are some colour, not an error."""
    values = np.full((50, 50), np.nan, np.float32)
    values[0] = np.inf

    assert len(_read(file_of(Image.fromarray(values), "TIFF")).frames) == 1


@pytest.mark.parametrize("mode", ["1", "P", "L"])
def test_a_large_picture_of_fine_lines_turns_grey(mode: str) -> None:
    """Made smaller, all its pixels count: none is left out where few colours are used."""
    lines = np.zeros((2_560, 2_560), np.uint8)
    lines[::2] = 255
    data = file_of(Image.fromarray(lines).convert(mode))

    assert _mean(data) == pytest.approx(127.5, abs=1)


def test_a_colour_that_means_transparent_is_see_through_when_made_smaller() -> None:
    """The colour key is applied before pixels are averaged."""
    picture = Image.new("RGB", (2_560, 100), (10, 20, 30))
    frame = _read(file_of(picture, "PNG", transparency=(10, 20, 30))).frames[0]

    assert frame.on_black is not None
    assert (set(frame.on_white), set(frame.on_black)) == ({255}, {0})


def test_a_photograph_with_a_second_view_is_one_jpeg() -> None:
    """Phones append a depth map or a second view; only the first is shown by programs."""
    data = file_of(noise(), "MPO", save_all=True, append_images=[noise().rotate(90)])

    found = _read(data)

    assert (found.format, found.frame_count, len(found.frames)) == ("JPEG", 1, 1)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_broken_exif_turns_nothing() -> None:
    """Where the orientation cannot be read, the picture is as it is stored."""
    found = _read(file_of(Image.new("RGB", (80, 60)), "JPEG", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff"))

    assert (found.width, found.height) == (80, 60)


def test_one_frame_is_the_first_frame() -> None:
    """A limit of one frame looks at what is shown first."""
    stills = [Image.new("RGB", (50, 50), shade) for shade in ("black", "white")]
    data = file_of(stills[0], "GIF", save_all=True, append_images=stills[1:])

    assert set(_read(data, Limits(frames=1)).frames[0].on_white) == {0}
