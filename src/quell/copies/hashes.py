"""PDQ, the hash that other systems exchange, and the digest that tells identical pictures."""

import hashlib
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
import pdqhash
from numpy.typing import NDArray

from quell.copies.domain import Rgb

LIMIT = 31
"""Bits of 256 by which the hashes of two copies may differ."""
QUALITY = 50
"""Below this PDQ quality (0 to 100) a picture has too little structure to be known by its hash."""

_SIDE = 512
_SPREAD = 3.0
_RAMP = np.linspace(-1, 1, 64, dtype=np.float32)
# An orthonormal basis of all planes over 64 by 64 points.
_PLANES = np.stack([np.ones(4096, np.float32), np.tile(_RAMP, 64), np.repeat(_RAMP, 64)], axis=1)
_PLANES /= np.linalg.norm(_PLANES, axis=0)


@dataclass(frozen=True, slots=True, eq=False)
class Hashes:
    """The PDQ hashes of a view in its eight orientations, uint8 (8, 32); the first is the view as it is."""

    bits: NDArray[np.uint8]
    quality: int
    digest: bytes


def read_hashes(view: Rgb) -> Hashes:
    """Hash a view on its version of at most 512 pixels a side."""
    hashes, quality = pdqhash.compute_dihedral(shrink(view, _SIDE))
    bits = np.packbits(np.array(hashes, np.uint8), axis=1)
    return Hashes(bits, int(quality), digest(view))


def digest(view: Rgb) -> bytes:
    """Give 16 bytes that two views share only if they are the same, pixel for pixel."""
    size = np.array(view.shape, "<u4").tobytes()
    return hashlib.sha256(size + np.ascontiguousarray(view).tobytes()).digest()[:16]


def distances(query: NDArray[np.uint8], samples: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Count the bits by which each sample (n, 32) differs from the nearest of the query's (8, 32): (n,)."""
    differing = np.bitwise_count(query[:, None, :] ^ samples[None, :, :])
    return cast("NDArray[np.int64]", differing.sum(axis=2, dtype=np.int64).min(axis=0))


def shrink(view: Rgb, side: int) -> Rgb:
    """Scale down until the longer side has at most `side` pixels; a smaller view is returned as it is."""
    height, width = view.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return np.ascontiguousarray(view)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return cast("Rgb", cv2.resize(view, size, interpolation=cv2.INTER_AREA))


def is_flat(view: Rgb) -> bool:
    """Say whether a view is nearly one colour or one even gradient: nothing in it tells it from others."""
    small = cv2.resize(view, (64, 64), interpolation=cv2.INTER_AREA).astype(np.float32).reshape(4096, 3)
    rest = small - _PLANES @ (_PLANES.T @ small)
    return float(rest.std(axis=0).max()) < _SPREAD
