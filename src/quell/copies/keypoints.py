"""Local features: SIFT on a small grey version, as unit vectors quantised to one byte a number."""

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from quell.copies.domain import Rgb
from quell.copies.hashes import shrink

SCALE = 512.0
"""Descriptors are square roots of SIFT's, of unit norm, times this, at most 255."""

_MIRROR = np.arange(128).reshape(4, 4, 8)[::-1, :, np.r_[0, 7:0:-1]].reshape(128)


@dataclass(frozen=True, slots=True, eq=False)
class Keypoints:
    """Points (k, 2) in pixels of a grey picture of `size` (width, height), and uint8 descriptors (k, 128)."""

    size: tuple[int, int]
    points: NDArray[np.float32]
    descriptors: NDArray[np.uint8]

    def mirrored(self) -> "Keypoints":
        """Give the keypoints of the mirrored picture without reading it: SIFT's bins change places."""
        points = self.points.copy()
        points[:, 0] = self.size[0] - 1 - points[:, 0]
        return Keypoints(self.size, points, np.ascontiguousarray(self.descriptors[:, _MIRROR]))


def grey(view: Rgb, side: int) -> NDArray[np.uint8]:
    """Give the grey version of at most `side` pixels."""
    return cast("NDArray[np.uint8]", cv2.cvtColor(shrink(view, side), cv2.COLOR_RGB2GRAY))


def read_keypoints(picture: NDArray[np.uint8], limit: int) -> Keypoints:
    """Find up to `limit` keypoints of a grey picture, spread over it and over sizes, strongest first."""
    found, raw = cv2.SIFT_create(4 * limit, contrastThreshold=0.01).detectAndCompute(picture, None)  # type: ignore[attr-defined]  # absent from cv2's stubs
    size = picture.shape[1], picture.shape[0]
    if raw is None or not len(found):
        return Keypoints(size, np.zeros((0, 2), np.float32), np.zeros((0, 128), np.uint8))
    points = np.array([point.pt for point in found], np.float32)
    order = _spread(points, np.array([p.size for p in found]), np.array([p.response for p in found]), size)
    kept = order[:limit]
    total = np.maximum(raw[kept].sum(axis=1, keepdims=True), 1e-9)
    rooted = np.sqrt(raw[kept] / total) * SCALE
    return Keypoints(size, points[kept], np.minimum(np.rint(rooted), 255).astype(np.uint8))


def _spread(
    points: NDArray[np.float32],
    sizes: NDArray[np.float64],
    responses: NDArray[np.float64],
    size: tuple[int, int],
) -> NDArray[np.int64]:
    """Order keypoints so that any first few come from all cells of a 4 by 4 grid and from all octaves."""
    cells = np.minimum(points / np.array(size, np.float32) * 4, 3).astype(np.int64)
    octave = np.clip(np.log2(np.maximum(sizes, 1.0)) - 1, 0, 3).astype(np.int64)
    groups = (cells[:, 1] * 4 + cells[:, 0]) * 4 + octave
    by_strength = np.lexsort((points[:, 0], points[:, 1], -responses))
    rank = np.empty(len(points), np.int64)
    counts: dict[int, int] = {}
    for index in by_strength:
        group = int(groups[index])
        rank[index] = counts.get(group, 0)
        counts[group] = rank[index] + 1
    return np.lexsort((points[:, 0], points[:, 1], -responses, rank))
