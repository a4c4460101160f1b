"""Turns distances, similarities and placings into one score: 0.5 and above is a copy.

The constants were set on pictures that no reported figure uses (`training/copies`).
"""

import numpy as np
from numpy.typing import NDArray

from quell.copies.geometry import Placing

_REGION_MORE = 0.04
_DETAIL_MORE = 0.35
_SLOPE = 18.0
_SEEN_LEAST = 0.1
_AGREEMENT_LEAST = 0.55


def hash_score(bits: int) -> float:
    """Score a PDQ distance within the limit of 31: 1 for equal hashes, 0.55 at the limit."""
    return 1.0 - 0.45 * bits / 31


def wanted(middle: float, detailed: NDArray[np.bool_], *, region: bool) -> NDArray[np.float32]:
    """Give the excess at which a likeness scores 0.5; a part of a picture must come closer.

    So must a sample and a picture that both have details: local features would have told a copy of it.
    """
    base = middle + (_REGION_MORE if region else 0.0)
    return np.asarray(base + _DETAIL_MORE * detailed, np.float32)


def embedding_score(beyond: float) -> float:
    """Score by how far a likeness goes beyond what is wanted of it."""
    return float(1 / (1 + np.exp(-_SLOPE * beyond)))


def geometry_score(placing: Placing) -> float:
    """Score a placing by how many features agree and by how well the pixels do."""
    if placing.seen < _SEEN_LEAST or placing.agreement < _AGREEMENT_LEAST:
        return 0.0
    strength = 1.2 * np.log2(placing.inliers / 8) + 7.0 * (placing.agreement - 0.8)
    return float(1 / (1 + np.exp(-2.0 * (strength + 0.5 * (placing.seen - 0.5)))))
