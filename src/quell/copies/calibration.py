"""Turns distances, similarities and placings into one score: 0.5 and above is a copy.

The constants were set on pictures that no reported figure uses (`training/copies`).
"""

import numpy as np
from numpy.typing import NDArray

from quell.copies.geometry import Placing

_MIDDLE = 0.42
_REGION_MIDDLE = 0.46
_SLOPE = 18.0
_SEEN_LEAST = 0.1
_AGREEMENT_LEAST = 0.45


def hash_score(bits: int) -> float:
    """Score a PDQ distance within the limit of 31: 1 for equal hashes, 0.55 at the limit."""
    return 1.0 - 0.45 * bits / 31


def embedding_score(excess: NDArray[np.float32], *, region: bool) -> NDArray[np.float32]:
    """Score similarities beyond what ordinary pictures reach; a part of a picture must come closer."""
    middle = _REGION_MIDDLE if region else _MIDDLE
    return np.asarray(1 / (1 + np.exp(-_SLOPE * (excess - middle))), np.float32)


def geometry_score(placing: Placing) -> float:
    """Score a placing by how many features agree and by how well the pixels do."""
    if placing.seen < _SEEN_LEAST or placing.agreement < _AGREEMENT_LEAST:
        return 0.0
    strength = 1.2 * np.log2(placing.inliers / 8) + 7.0 * (placing.agreement - 0.8)
    return float(1 / (1 + np.exp(-2.0 * (strength + 0.5 * (placing.seen - 0.5)))))
