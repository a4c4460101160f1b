"""Which parts of a picture are read by the network: the whole, what a border frames, and a grid."""

import cv2
import numpy as np
from numpy.typing import NDArray

from quell.copies.domain import Box, Rgb

_SIDE = 192
_NEAR = 20
_CLEAN = 0.9
_LINE = 0.2
_LEAST = 0.25


def inner_box(view: Rgb) -> Box | None:
    """Find the picture inside a border or between caption bars; None where there is neither.

    A bar begins and ends with rows or columns of the colour of the picture's edge; between them text may
    cover most of a row.
    """
    height, width = view.shape[:2]
    scale = min(1.0, _SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(view, size, interpolation=cv2.INTER_AREA).astype(np.int16)
    top, bottom = _bars(small)
    if top + bottom >= len(small):
        return None
    left, right = _bars(small[top : len(small) - bottom].transpose(1, 0, 2))
    x0, x1 = left / size[0], 1 - right / size[0]
    y0, y1 = top / size[1], 1 - bottom / size[1]
    if min(x1 - x0, y1 - y0) < _LEAST or (x1 - x0) * (y1 - y0) > 0.96:
        return None
    return round(x0 * width), round(y0 * height), round(x1 * width), round(y1 * height)


def _bars(small: NDArray[np.int16]) -> tuple[int, int]:
    """Count the rows of the bar at each end; rows (n, m, 3)."""
    return _bar(small), _bar(small[::-1])


def _bar(rows: NDArray[np.int16]) -> int:
    colour = np.median(rows[0], axis=0)
    shares = (np.abs(rows - colour).max(axis=2) <= _NEAR).mean(axis=1)
    beyond = np.flatnonzero(shares < _LINE)
    end = int(beyond[0]) if len(beyond) else len(rows)
    clean = np.flatnonzero(shares[:end] >= _CLEAN)
    return int(clean[-1]) + 1 if len(clean) and clean[0] == 0 else 0


def grid(box: Box) -> list[Box]:
    """Give the centre of a box, its quarters and its ninths: 14 boxes."""
    x0, y0, x1, y1 = box
    width, height = x1 - x0, y1 - y0
    boxes = [(x0 + width // 5, y0 + height // 5, x1 - width // 5, y1 - height // 5)]
    for parts in (2, 3):
        for row in range(parts):
            for column in range(parts):
                left, right = (x0 + width * edge // parts for edge in (column, column + 1))
                top, bottom = (y0 + height * edge // parts for edge in (row, row + 1))
                boxes.append((left, top, right, bottom))
    return boxes


def crop(view: Rgb, box: Box) -> Rgb:
    """Cut a box out of a view."""
    x0, y0, x1, y1 = box
    return view[y0:y1, x0:x1]
