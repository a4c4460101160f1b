"""Reads pictures of a folder for training and measuring, in an order left to a seed."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}


def pictures_of(folder: Path, most: int, seed: int, side: int = 640) -> Iterator[NDArray[np.uint8]]:
    """Give up to `most` pictures of at least 128 pixels a side, RGB, the longer side at most `side`."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _ENDINGS and path.is_file())
    order = np.random.default_rng(seed).permutation(len(paths))
    given = 0
    for number in order:
        picture = read(paths[number], side)
        if picture is not None:
            yield picture
            given += 1
        if given == most:
            return


def read(path: Path, side: int = 640) -> NDArray[np.uint8] | None:
    """Read one picture on white; None where it is small, huge or no picture."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(path) as opened:
                if min(opened.size) < 128 or opened.width * opened.height > 30_000_000:
                    return None
                opened.draft("RGB", (side, side))
                whole = opened.convert("RGBA")
        except (OSError, ValueError, SyntaxError):
            return None
    ground = Image.new("RGBA", whole.size, "white")
    ground.alpha_composite(whole)
    ground.thumbnail((side, side))
    return np.asarray(ground.convert("RGB"))
