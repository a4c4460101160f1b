"""Admission: what is refused by its header is never decoded."""

import pytest
from PIL import Image

from quell.errors import InvalidRequestBody
from quell.pictures.admission import admit
from quell.pictures.decoder import PictureDecoder
from quell.pictures.domain import Limits
from tests.pictures.files import archive, bombs, file_of, gif_of, jpeg_of, noise, png_of, tiff_of


@pytest.fixture
def _no_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(*_: object, **__: object) -> None:
        raise AssertionError("a picture was opened")

    monkeypatch.setattr(Image, "open", opened)


@pytest.mark.usefixtures("_no_decoding")
@pytest.mark.parametrize("processes", [0, 2], ids=["here", "child"])
@pytest.mark.parametrize("name", bombs())
def test_no_pixel_of_a_bomb_is_decoded(name: str, processes: int) -> None:
    """A bomb is refused without opening it, and without starting a child."""
    data = bombs()[name]
    decoder = PictureDecoder(Limits(), processes)

    with pytest.raises(InvalidRequestBody, match=r"too large|too many"):
        decoder.decode(data, "image.content")

    assert decoder.children == []


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (jpeg_of(40, 60), "The image size is too small: each side needs at least 50 pixels."),
        (png_of(7_201, 60), "The image size is too large: a side has at most 7200 pixels."),
        (gif_of(2_001), "The image has too many frames: at most 2000 are accepted."),
        (
            gif_of(2_000, frame=(400, 400), screen=(400, 400)),
            "The image size is too large: all frames together have at most 256 million pixels.",
        ),
        (file_of(noise()) + archive(), "The image is refused: besides a PNG picture it is a ZIP archive."),
        (file_of(noise())[:-30], "The image is broken: its PNG data ends too early."),
        (
            b"%PDF-1.7",
            "The image is none of the formats JPEG, PNG, GIF, BMP, TIFF, WEBP; it is a PDF document.",
        ),
        (
            b"hello",
            "The image is none of the formats JPEG, PNG, GIF, BMP, TIFF, WEBP, or its header is broken.",
        ),
    ],
)
def test_a_refusal_says_why(data: bytes, sentence: str) -> None:
    """Each reason has its sentence, with the limit in it."""
    with pytest.raises(InvalidRequestBody) as refused:
        admit(data, Limits(), "image.content")

    assert (refused.value.message, refused.value.target) == (sentence, "image.content")


def test_pages_that_are_not_looked_at_do_not_count_as_pixels() -> None:
    """A scanned document of many pages is no bomb: its pages need not be read one after the other."""
    data = tiff_of(*[(2_480, 3_508)] * 100)

    assert admit(data, Limits(), "image.content").frames == 100


def test_a_raised_side_raises_the_pixels() -> None:
    """A server that accepts longer sides accepts a picture that has both of them."""
    assert admit(png_of(20_000, 20_000), Limits(max_side=20_000), "image.content").width == 20_000
