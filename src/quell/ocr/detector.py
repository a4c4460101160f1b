"""Finds where text stands: PP-OCR's detection network and its map of text, cut into turned rectangles."""

from collections.abc import Sequence

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

_STRIDE = 32
_ENLARGE = 2.0
_INK, _SURE = 0.3, 0.5
_GROWTH = 1.6
_THINNEST = 3
_MOST_SHAPES = 1000
_JOIN = np.ones((2, 2), np.uint8)


class Detector:
    """The detection network; safe to call from many threads."""

    def __init__(self, session: onnxruntime.InferenceSession, side: int) -> None:
        self._session = session
        self._side = side

    def find(self, view: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """Find the boxes of text in a view (h, w, 3) RGB: each (4, 2) float32 in its pixels, clockwise."""
        height, width = view.shape[:2]
        scale = min(self._side / max(height, width), _ENLARGE)
        small = _resized(view, max(1, round(height * scale)), max(1, round(width * scale)))
        ink = self._session.run(None, {"x": _padded(small)})[0][0, 0]
        boxes = _boxes(ink)
        limits = np.array([width - 1, height - 1], np.float32)
        return [np.clip(box / scale, 0, limits).astype(np.float32) for box in boxes]


def _resized(view: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    smaller = height < view.shape[0]
    resized = cv2.resize(view, (width, height), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)
    return np.asarray(resized, np.uint8)


def _padded(small: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Give BGR in -1..1 as (1, 3, h, w), both sides made a multiple of 32 with mid-grey."""
    height, width = (-(-side // _STRIDE) * _STRIDE for side in small.shape[:2])
    batch = np.zeros((1, 3, height, width), np.float32)
    batch[0, :, : small.shape[0], : small.shape[1]] = (
        small[:, :, ::-1].transpose(2, 0, 1).astype(np.float32) / 127.5 - 1
    )
    return batch


def _boxes(ink: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    mask = cv2.dilate((ink > _INK).astype(np.uint8), _JOIN)
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for contour in contours[:_MOST_SHAPES]:
        middle, (across, down), angle = cv2.minAreaRect(contour)
        if min(across, down) < _THINNEST:
            continue
        if _sureness(ink, _corners(middle, across, down, angle)) < _SURE:
            continue
        # The network marks the core of a line; the letters reach further, by a share of area over outline.
        reach = _GROWTH * across * down / (across + down)
        grown = _corners(middle, across + reach, down + reach, angle)
        found.append(_clockwise(grown))
    return found


def _corners(middle: Sequence[float], across: float, down: float, angle: float) -> NDArray[np.float32]:
    return np.asarray(cv2.boxPoints((middle, (across, down), angle)), np.float32)


def _sureness(ink: NDArray[np.float32], corners: NDArray[np.float32]) -> float:
    """Mean of the map inside a rectangle, 0 to 1."""
    height, width = ink.shape
    low = np.clip(np.floor(corners.min(axis=0)).astype(int), 0, [width - 1, height - 1])
    high = np.clip(np.ceil(corners.max(axis=0)).astype(int), 0, [width - 1, height - 1])
    inside = np.zeros((high[1] - low[1] + 1, high[0] - low[0] + 1), np.uint8)
    cv2.fillPoly(inside, [(corners - low).astype(np.int32)], (1,))
    return float(cv2.mean(ink[low[1] : high[1] + 1, low[0] : high[0] + 1], inside)[0])


def _clockwise(corners: NDArray[np.float32]) -> NDArray[np.float32]:
    """Order four corners clockwise from the upper left one."""
    by_x = corners[np.argsort(corners[:, 0], kind="stable")]
    left = by_x[:2][np.argsort(by_x[:2, 1], kind="stable")]
    right = by_x[2:][np.argsort(by_x[2:, 1], kind="stable")]
    return np.stack([left[0], right[0], right[1], left[1]])
