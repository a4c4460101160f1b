"""Puts lines in the order a person reads them: blocks first, then the lines of each block."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

# Shares of a line's height: words of one line stand closer than _BESIDE, lines of one block than _BELOW.
_BESIDE, _BELOW = 1.2, 0.9
_SHARED = 0.3
_ALIKE = 2.0


def reading_order(corners: Sequence[NDArray[np.float32]], weights: Sequence[int]) -> list[int]:
    """Give the indices of boxes (4, 2), corners as one reads, in reading order; weights are letters.

    The direction in which most letters run decides what "down" means, so that a picture that was turned, or
    stands on its head, reads as if it stood.
    """
    if not corners:
        return []
    direction = _direction(corners, weights)
    boxes = np.stack([_bounds(_level(box, direction)) for box in corners])
    blocks = _blocks(boxes)
    outer = np.stack(
        [np.concatenate([boxes[b][:, :2].min(axis=0), boxes[b][:, 2:].max(axis=0)]) for b in blocks]
    )
    order: list[int] = []
    for block in _cut(outer, list(range(len(blocks)))):
        order += _rows(boxes, blocks[block])
    return order


def _direction(corners: Sequence[NDArray[np.float32]], weights: Sequence[int]) -> NDArray[np.float32]:
    """Give the unit vector (2,) along which most letters run, the mean of the fullest quarter."""
    sums = np.zeros((4, 2))
    votes = [0, 0, 0, 0]
    for box, weight in zip(corners, weights, strict=True):
        along = box[1] - box[0]
        across, down = float(along[0]), float(along[1])
        level = abs(across) >= abs(down)
        quarter = (0 if across >= 0 else 2) if level else (1 if down > 0 else 3)
        votes[quarter] += weight
        sums[quarter] += weight * along / max(float(np.linalg.norm(along)), 1.0)
    most = sums[max(range(4), key=lambda quarter: (votes[quarter], -quarter))]
    return np.asarray(most / max(float(np.linalg.norm(most)), 1e-6), np.float32)


def _level(box: NDArray[np.float32], direction: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn corners (4, 2) so that the direction of reading runs to the right."""
    across, down = direction
    return box @ np.array([[across, -down], [down, across]], np.float32)


def _bounds(box: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give x0, y0, x1, y1 of four corners."""
    return np.concatenate([box.min(axis=0), box.max(axis=0)])


def _blocks(boxes: NDArray[np.float32]) -> list[list[int]]:
    """Group the boxes (n, 4) that belong together: words of a line, lines of a paragraph."""
    owner = list(range(len(boxes)))
    for one in range(len(boxes)):
        for other in range(one):
            if _together(boxes[one], boxes[other]):
                old, new = owner[one], owner[other]
                owner = [new if name == old else name for name in owner]
    groups: dict[int, list[int]] = {}
    for at, name in enumerate(owner):
        groups.setdefault(name, []).append(at)
    return list(groups.values())


def _together(one: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    heights = float(one[3] - one[1]), float(other[3] - other[1])
    low, high = min(heights), max(heights)
    if high > _ALIKE * max(low, 1.0):
        return False
    gap = np.maximum(one[:2], other[:2]) - np.minimum(one[2:], other[2:])
    beside = -gap[1] >= 0.5 * low and gap[0] <= _BESIDE * low
    narrow = min(float(one[2] - one[0]), float(other[2] - other[0]))
    below = -gap[0] >= _SHARED * narrow and gap[1] <= _BELOW * low
    return bool(beside or below)


def _cut(boxes: NDArray[np.float32], among: list[int]) -> list[int]:
    """Order blocks by cutting along empty bands, level ones first, then upright ones."""
    if len(among) < 2:
        return among
    for axis in (1, 0):
        parts = _bands(boxes, among, axis)
        if len(parts) > 1:
            return [at for part in parts for at in _cut(boxes, part)]
    return sorted(among, key=lambda at: (boxes[at][1], boxes[at][0]))


def _bands(boxes: NDArray[np.float32], among: list[int], axis: int) -> list[list[int]]:
    parts: list[list[int]] = []
    reach = -np.inf
    for at in sorted(among, key=lambda at: (boxes[at][axis], at)):
        if boxes[at][axis] >= reach:
            parts.append([])
        parts[-1].append(at)
        reach = max(reach, float(boxes[at][axis + 2]))
    return parts


def _rows(boxes: NDArray[np.float32], block: list[int]) -> list[int]:
    """Order the boxes of one block: rows downward, each from left to right."""
    middles = {at: float(boxes[at][1] + boxes[at][3]) / 2 for at in block}
    downward = sorted(block, key=lambda at: (middles[at], boxes[at][0]))
    rows = [[downward[0]]]
    for above, at in pairwise(downward):
        apart = 0.5 * min(float(boxes[n][3] - boxes[n][1]) for n in (above, at))
        if middles[at] - middles[above] > apart:
            rows.append([])
        rows[-1].append(at)
    return [at for row in rows for at in sorted(row, key=lambda at: (boxes[at][0], at))]
