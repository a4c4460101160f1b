"""What a vision model is shown: one small JPEG."""

import base64
import io

import numpy as np
from PIL import Image

from quell.pictures.domain import Frame, Picture
from quell.scenes.sheet import SIDE, data_url


def _plain(*greys: int, side: int = 120) -> Picture:
    frames = tuple(Frame(np.full((side, side, 3), grey, np.uint8)) for grey in greys)
    return Picture("GIF", side, side, frames, len(greys))


def _shown(picture: Picture) -> tuple[Image.Image, int]:
    url, count = data_url(picture)
    head, packed = url.split(",")
    assert head == "data:image/jpeg;base64"
    return Image.open(io.BytesIO(base64.b64decode(packed))).convert("L"), count


def test_a_still_picture_is_shown_alone_and_small() -> None:
    """The longer side has at most the model's measure; a small picture is not blown up."""
    wide = Picture("JPEG", 4000, 400, (Frame(np.zeros((120, 1200, 3), np.uint8)),), 1)

    assert [(image.size, count) for image, count in (_shown(wide), _shown(_plain(7)))] == [
        ((SIDE, 102), 1),
        ((120, 120), 1),
    ]


def test_the_frames_of_an_animation_are_shown_on_one_sheet() -> None:
    """In reading order, each in a cell of its own."""
    image, count = _shown(_plain(0, 80, 160, 240))

    cell = image.width // 2
    middles = [image.getpixel((x * cell + cell // 2, y * cell + cell // 2)) for y in (0, 1) for x in (0, 1)]
    assert count == 4
    assert np.allclose(middles, [0, 80, 160, 240], atol=3)


def test_frames_that_change_nothing_are_shown_once() -> None:
    """A still animation is a still picture."""
    assert _shown(_plain(9, 9, 9))[1] == 1


def test_of_too_many_views_the_first_and_the_last_are_shown() -> None:
    """Eight frames on white and on black are more than a sheet has room for."""
    frames = tuple(
        Frame(np.full((60, 60, 3), 255 - n, np.uint8), np.full((60, 60, 3), n, np.uint8)) for n in range(8)
    )

    image, count = _shown(Picture("GIF", 60, 60, frames, 8))

    cell = image.width // 3
    corners = [image.getpixel((cell // 2, cell // 2)), image.getpixel((cell * 5 // 2, cell * 5 // 2))]
    assert count == 9
    assert np.allclose(corners, [255, 7], atol=3)
