"""What a model is shown of a picture: one small JPEG, a sheet where there are several frames."""

import base64
import io
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from quell.scenes.domain import PictureToJudge

SIDE = 1024
"""The longer side of what is shown, in pixels."""

_MOST = 9
_GAP = 8
_QUALITY = 85


def data_url(picture: PictureToJudge) -> tuple[str, int]:
    """Return a JPEG as a data URL, and how many different frames and views it shows, 1 to 9."""
    views = _spread(list(_distinct(picture)))
    whole = _small(views[0], SIDE) if len(views) == 1 else _sheet(views)
    with io.BytesIO() as file:
        whole.save(file, "JPEG", quality=_QUALITY)
        return f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}", len(views)


def _distinct(picture: PictureToJudge) -> Iterator[NDArray[np.uint8]]:
    before: NDArray[np.uint8] | None = None
    for frame in picture.frames:
        for view in frame.views:
            if before is None or not np.array_equal(view, before):
                yield view
            before = view


def _spread(views: list[NDArray[np.uint8]]) -> list[NDArray[np.uint8]]:
    """Choose evenly where there are too many, the first and the last among them."""
    if len(views) <= _MOST:
        return views
    return [views[round(place * (len(views) - 1) / (_MOST - 1))] for place in range(_MOST)]


def _sheet(views: list[NDArray[np.uint8]]) -> Image.Image:
    columns = 2 if len(views) <= 4 else 3
    rows = -(-len(views) // columns)
    cell = SIDE // columns
    sheet = Image.new("RGB", (columns * cell, rows * cell), "grey")
    for place, view in enumerate(views):
        small = _small(view, cell - _GAP)
        down, across = divmod(place, columns)
        corner = across * cell + (cell - small.width) // 2, down * cell + (cell - small.height) // 2
        sheet.paste(small, corner)
    return sheet


def _small(view: NDArray[np.uint8], side: int) -> Image.Image:
    image = Image.fromarray(view)
    image.thumbnail((side, side), Image.Resampling.BICUBIC)
    return image
