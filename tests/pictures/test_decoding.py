"""The contract of decoding, held by both ways: formats, limits, light, orientation, frames, broken files."""

import numpy as np
import pytest
from PIL import Image

from quell.errors import InvalidRequestBody
from quell.pictures.domain import FORMATS, WORKING_SIDE, Limits
from tests.pictures.conftest import Decode
from tests.pictures.files import archive, bombs, file_of, noise


@pytest.mark.parametrize("kind", FORMATS)
def test_each_format_is_read(decode: Decode, kind: str) -> None:
    """Every promised format gives its format, size and colour."""
    data = file_of(Image.new("RGB", (60, 50), (200, 40, 40)), kind)

    found = decode(data)

    assert (found.format, found.width, found.height) == (kind, 60, 50)
    assert abs(int(found.frames[0].on_white[25, 30, 0]) - 200) < 12


@pytest.mark.parametrize(("size", "words"), [((49, 50), "too small"), ((7_201, 50), "too large")])
def test_sides_are_limited(decode: Decode, size: tuple[int, int], words: str) -> None:
    """A side below 50 or above 7,200 pixels is refused, naming the field."""
    data = file_of(Image.new("L", size))

    with pytest.raises(InvalidRequestBody, match=words) as refused:
        decode(data)

    assert refused.value.target == "image.content"


def test_too_many_bytes_are_refused(decode: Decode) -> None:
    """A file above the limit is refused before it is opened."""
    with pytest.raises(InvalidRequestBody, match="at most 100 bytes"):
        decode(b"\x89PNG" + bytes(100), Limits(max_bytes=100))


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_large_picture_is_made_smaller_and_keeps_its_size_on_paper(decode: Decode, kind: str) -> None:
    """The working side bounds the pixels; width and height stay those of the file."""
    data = file_of(Image.new("RGB", (4_000, 3_000), "green"), kind)

    found = decode(data)

    assert (found.width, found.height) == (4_000, 3_000)
    assert found.frames[0].on_white.shape == (WORKING_SIDE * 3 // 4, WORKING_SIDE, 3)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photograph_stands_upright(decode: Decode, kind: str, orientation: int) -> None:
    """The EXIF orientation is applied, to the pixels and to the size, in each format that has it."""
    quarters = np.zeros((60, 80, 3), np.uint8)
    quarters[:30, :40] = 240
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = file_of(Image.fromarray(quarters), kind, exif=exif)

    found = decode(data)

    height, width, _ = found.frames[0].on_white.shape
    assert (found.width, found.height) == (width, height) == ((80, 60) if orientation < 5 else (60, 80))
    light = np.argwhere(found.frames[0].on_white[:, :, 0] > 120).mean(axis=0) > [height / 2, width / 2]
    corner = {1: (0, 0), 2: (0, 1), 3: (1, 1), 4: (1, 0), 5: (0, 0), 6: (0, 1), 7: (1, 1), 8: (1, 0)}
    assert tuple(int(side) for side in light) == corner[orientation]


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "TIFF"])
def test_what_is_see_through_is_seen_on_white_and_on_black(decode: Decode, kind: str) -> None:
    """Transparent pixels take the colour of the ground; opaque pictures have one view."""
    options = {"WEBP": {"lossless": True}, "GIF": {"transparency": 0}}.get(kind, {})
    mode = "P" if kind == "GIF" else "RGBA"
    clear = decode(file_of(Image.new(mode, (50, 50), 0 if kind == "GIF" else (0, 0, 0, 0)), kind, **options))
    opaque = decode(file_of(Image.new("RGBA", (50, 50), (9, 9, 9, 255))))

    assert [int(view.mean()) for view in clear.frames[0].views] == [255, 0]
    assert len(opaque.frames[0].views) == 1


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize("side", [50, 2_000])
def test_sixteen_bits_of_grey_keep_their_brightness(decode: Decode, kind: str, side: int) -> None:
    """A half-bright 16-bit picture is half-bright, not white."""
    options = {"compression": "tiff_lzw"} if kind == "TIFF" else {}
    data = file_of(Image.fromarray(np.full((side, side), 32_768, np.uint16)), kind, **options)

    assert abs(int(decode(data).frames[0].on_white.mean()) - 127) <= 1


def test_later_frames_are_seen_and_their_number_is_bounded(decode: Decode) -> None:
    """The frames are spread over the animation, the first and the last among them."""
    stills = [Image.new("L", (50, 50), shade * 12) for shade in range(20)]
    data = file_of(stills[0], "GIF", save_all=True, append_images=stills[1:])

    found = decode(data)

    assert (found.frame_count, len(found.frames)) == (20, 8)
    assert int(found.frames[-1].on_white.mean()) == 19 * 12


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP", "TIFF"])
def test_the_second_of_two_frames_is_seen(decode: Decode, kind: str) -> None:
    """In each format that can hold several pictures, all of a few are looked at."""
    stills = [Image.new("RGB", (50, 50), shade) for shade in ("black", "white")]
    data = file_of(stills[0], kind, save_all=True, append_images=stills[1:])

    assert [round(frame.on_white.mean() / 255) for frame in decode(data).frames] == [0, 1]


@pytest.mark.parametrize("share", [0.3, 0.5, 0.9])
@pytest.mark.parametrize("kind", FORMATS)
def test_a_truncated_file_is_refused(decode: Decode, kind: str, share: float) -> None:
    """A part of a file is an error, not a part of a picture."""
    data = file_of(noise(90), kind)

    with pytest.raises(InvalidRequestBody, match=rf"{kind} data ends too early|{kind} header"):
        decode(data[: int(len(data) * share)])


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"<svg xmlns='x'/>", b"\x89PNX\r\n\x1a\n" + bytes(40)])
def test_what_is_no_picture_is_refused(decode: Decode, data: bytes) -> None:
    """Other formats and broken headers are refused by name."""
    with pytest.raises(InvalidRequestBody, match="none of the formats"):
        decode(data)


@pytest.mark.parametrize("name", bombs())
def test_a_bomb_is_refused(decode: Decode, name: str) -> None:
    """A small file that would be a huge picture is called too large."""
    with pytest.raises(InvalidRequestBody, match=r"too large|too many") as refused:
        decode(bombs()[name])

    assert refused.value.target == "image.content"


@pytest.mark.parametrize("kind", FORMATS)
def test_a_picture_that_is_an_archive_too_is_refused(decode: Decode, kind: str) -> None:
    """An archive behind a picture makes two files of one."""
    with pytest.raises(InvalidRequestBody, match=f"besides a {kind} picture it is a ZIP archive"):
        decode(file_of(noise(), kind) + archive())
