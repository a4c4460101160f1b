"""Whether a sample lies in a picture: local features agree on one place, and the pixels agree there."""

from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from quell.copies.keypoints import SCALE, Keypoints
from quell.copies.stored import THUMB, StoredSample

RATIO = 0.85
_VOTE_RATIO = 0.75
_FIRST = 48
_STRICT = 0.9
_CLOSE = 6.0
_HINT = 5
"""Features that a shift or an affine map must carry before a perspective, ten times as dear, is tried."""
_BLOCK = 12
_CHUNK = 16384

_Fit = tuple[NDArray[np.float64], int]


@dataclass(frozen=True, slots=True, eq=False)
class Placing:
    """A sample found in a picture.

    `inliers` features agree on `corners`, where the sample's four corners lie, (4, 2) pixels of the grey
    picture. `agreement`, -1 to 1, is the median correlation of the pixels by blocks; `seen`, 0 to 1, the
    part of the sample that lies inside the picture and has something to compare.
    """

    inliers: int
    agreement: float
    seen: float
    corners: NDArray[np.float32]


def first_descriptors(samples: list[StoredSample]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Stack the first descriptors of every sample, (n, 128), with the sample's number for each, (n,)."""
    firsts = [sample.keypoints.descriptors[:_FIRST] for sample in samples]
    owners = np.repeat(np.arange(len(firsts)), [len(first) for first in firsts])
    return np.concatenate([np.zeros((0, 128), np.uint8), *firsts]), owners


def votes(
    query: Keypoints, firsts: NDArray[np.uint8], owners: NDArray[np.int64], count: int
) -> NDArray[np.int64]:
    """Count for each of `count` samples how many of its first features the picture clearly has: (count,)."""
    if len(query.points) < 2 or not len(firsts):
        return np.zeros(count, np.int64)
    chunks = (firsts[start : start + _CHUNK] for start in range(0, len(firsts), _CHUNK))
    clear = [_nearest(chunk, query.descriptors, _VOTE_RATIO)[1] < 1 for chunk in chunks]
    return np.bincount(owners[np.concatenate(clear)], minlength=count)


def _nearest(
    sample: NDArray[np.uint8], query: NDArray[np.uint8], ratio: float = RATIO
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Match each sample descriptor to the query's nearest one, and say how doubtful that is: (n,) each.

    Below 1 no other comes close; 0 is sure.
    """
    similar = (sample.astype(np.float32) / SCALE) @ (query.astype(np.float32) / SCALE).T
    best = similar.argmax(axis=1)
    rows = np.arange(len(similar))
    top = similar[rows, best].copy()
    similar[rows, best] = -1.0
    second = similar.max(axis=1)
    doubt = np.maximum(1 - top, 0) / (ratio**2 * np.maximum(1 - second, 1e-6))
    return best, np.where(top > 0.5, doubt, np.inf).astype(np.float32)


def place(sample: StoredSample, picture: NDArray[np.uint8], query: Keypoints) -> Placing | None:
    """Find the sample in a grey picture; None where too few features agree on one place."""
    if len(query.points) < 4 or len(sample.keypoints.points) < 4:
        return None
    best, doubt = _nearest(sample.keypoints.descriptors, query.descriptors)
    clear = doubt < 1
    source, target = sample.keypoints.points[clear], query.points[best[clear]]
    if len(source) < 4:
        return None
    best_placing: Placing | None = None
    most = 0
    for fit in (_similarity, _affine, _perspective):
        if fit is _perspective:
            if most < _HINT:
                break
            surest = np.argsort(doubt[clear], kind="stable")
            source, target = source[surest], target[surest]
        fitted = fit(source, target)
        if fitted is None:
            continue
        most = max(most, fitted[1])
        placing = _measure(sample, picture, *fitted)
        if best_placing is None or _worth(placing) > _worth(best_placing):
            best_placing = placing
    return best_placing


def _worth(placing: Placing) -> float:
    return placing.agreement * placing.seen * float(np.log2(placing.inliers))


def _similarity(source: NDArray[np.float32], target: NDArray[np.float32]) -> _Fit | None:
    """Fit a shift, a turn and a scale."""
    matrix, chosen = cv2.estimateAffinePartial2D(
        source, target, method=cv2.RANSAC, ransacReprojThreshold=_CLOSE, maxIters=1000, confidence=0.995
    )
    return _checked(matrix, chosen, 4)


def _affine(source: NDArray[np.float32], target: NDArray[np.float32]) -> _Fit | None:
    """Fit a squeezed picture, too."""
    if len(source) < 6:
        return None
    matrix, chosen = cv2.estimateAffine2D(
        source, target, method=cv2.RANSAC, ransacReprojThreshold=_CLOSE, maxIters=1000, confidence=0.995
    )
    return _checked(matrix, chosen, 5)


def _perspective(source: NDArray[np.float32], target: NDArray[np.float32]) -> _Fit | None:
    """Fit a perspective where enough features carry it; the first ones, surest of all, are tried first."""
    if len(source) < 10:
        return None
    matrix, chosen = cv2.findHomography(source, target, cv2.USAC_PROSAC, 3.0, maxIters=1000, confidence=0.995)
    return _checked(matrix, chosen, 8)


def _checked(matrix: Any, chosen: Any, least: int) -> _Fit | None:  # noqa: ANN401  # cv2's stubs are wide
    """Refuse a fit that few features carry, or that shrinks the sample to a point or a line."""
    if matrix is None or (inliers := int(np.asarray(chosen).sum())) < least:
        return None
    homography = np.vstack([matrix, [0, 0, 1]]) if len(matrix) == 2 else matrix
    longest, shortest = np.linalg.svd(homography[:2, :2], compute_uv=False)
    if not 0.1 < longest < 8 or shortest < longest / 4:
        return None
    return homography.astype(np.float64), inliers


def _measure(
    sample: StoredSample, picture: NDArray[np.uint8], homography: NDArray[np.float64], inliers: int
) -> Placing:
    width, height = sample.keypoints.size
    to_thumb = np.diag([THUMB / width, THUMB / height, 1.0])
    corners = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float32)
    placed = cast("NDArray[np.float32]", cv2.perspectiveTransform(corners, homography)[0])
    try:
        back = to_thumb @ np.linalg.inv(homography)
    except np.linalg.LinAlgError:
        return Placing(inliers, -1.0, 0.0, placed)
    side = float(np.sqrt(max(cv2.contourArea(placed), 1.0)))
    source = cv2.GaussianBlur(picture, (0, 0), side / THUMB / 2) if side > 2 * THUMB else picture
    warped = cv2.warpPerspective(source, back, (THUMB, THUMB), flags=cv2.INTER_LINEAR)
    mask = cv2.warpPerspective(np.full_like(picture, 255), back, (THUMB, THUMB), flags=cv2.INTER_NEAREST)
    agreement, seen = _agreement(sample.thumb, np.asarray(warped, np.uint8), np.asarray(mask, np.uint8))
    return Placing(inliers, agreement, seen, placed)


def _agreement(
    thumb: NDArray[np.uint8], warped: NDArray[np.uint8], mask: NDArray[np.uint8]
) -> tuple[float, float]:
    """Correlate block by block, so that a text or sticker laid over spoils only its own blocks."""
    ours, theirs, inside = (_blocks(each).astype(np.float32) for each in (thumb, warped, mask))
    ours -= ours.mean(axis=1, keepdims=True)
    theirs -= theirs.mean(axis=1, keepdims=True)
    textured = ours.std(axis=1) > 4
    whole = (inside > 0).all(axis=1)
    usable = textured & whole
    if not usable.any():
        return -1.0, 0.0
    product = (ours * theirs).sum(axis=1)
    norms = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    correlation = product[usable] / np.maximum(norms[usable], 1e-3)
    return float(np.median(correlation)), float(usable.sum() / max(1, textured.sum()))


def _blocks(square: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Cut (96, 96) into (64, 144)."""
    parts = THUMB // _BLOCK
    return square.reshape(parts, _BLOCK, parts, _BLOCK).swapaxes(1, 2).reshape(parts * parts, -1)
