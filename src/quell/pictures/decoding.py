"""From the bytes of a file to pixels, in the process that asks."""

import numpy as np
from numpy.typing import NDArray

from quell.pictures.domain import FORMATS, Frame, Limits, Picture
from quell.pictures.pixels import RawFrame, read_pixels

__all__ = ["FORMATS", "decode_here"]


def decode_here(data: bytes, limits: Limits, target: str) -> Picture:
    """Decode a picture in this process, or refuse it with a reason; `target` names the field."""
    raw = read_pixels(data, limits, target)
    frames = tuple(_frame(frame) for frame in raw.frames)
    return Picture(raw.format, raw.width, raw.height, frames, raw.frame_count)


def _frame(raw: RawFrame) -> Frame:
    black = None if raw.on_black is None else _pixels(raw, raw.on_black)
    return Frame(_pixels(raw, raw.on_white), black)


def _pixels(raw: RawFrame, rows: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(rows, np.uint8).reshape(raw.height, raw.width, 3).copy()
