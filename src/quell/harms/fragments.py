"""A linear reader of short runs of letters and of words, beside the network.

Runs and words fall into buckets by a hash; each bucket has a weight for each category. A run's hash is taken
from sums over the text, so that all runs of a length cost one subtraction.
"""

import re
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

LENGTHS = (2, 3, 4, 5)
"""Runs of so many code points are looked at, blanks included."""

LONGEST = 16_383
"""Of a text so many code points are read."""

_WORDS = re.compile(r"\w+")
_BLANKS = re.compile(r"\s+")
_BASE = 0x9E3779B97F4A7C15
_BACK = pow(_BASE, -1, 2**64)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_WORD, _PAIR = np.uint64(0x94D049BB133111EB), np.uint64(0xD6E8FEB86659FD93)

Hashes = NDArray[np.uint64]


class Fragments:
    """The weights of the buckets, (2 ** bits, categories) of 8-bit integers, in one `.npy` file."""

    def __init__(self, path: Path) -> None:
        self._weights: NDArray[np.int8] = np.load(path, allow_pickle=False)
        self._bits = len(self._weights).bit_length() - 1

    def scores(self, text: str) -> NDArray[np.float64]:
        """Add up what a text's fragments weigh, (categories,), evened out by how many there are."""
        filled = buckets(text, self._bits)
        found: NDArray[np.float64] = self._weights[filled].sum(axis=0, dtype=np.float64)
        found /= np.sqrt(len(filled))
        return found


def buckets(text: str, bits: int) -> NDArray[np.int64]:
    """Return the different buckets that a text fills, from 0 to 2 ** bits - 1, ascending; at least one.

    Letter case and the width of blanks do not count.
    """
    read = f" {_BLANKS.sub(' ', text.lower()).strip()} "[:LONGEST]
    points = np.frombuffer(read.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    up, down = _powers()
    sums = np.zeros(len(points) + 1, np.uint64)
    np.cumsum((points + np.uint64(1)) * up[: len(points)], out=sums[1:])
    words = np.array([match.span() for match in _WORDS.finditer(read)], np.int64).reshape(-1, 2)
    start, end = words.T
    found = [(sums[n:] - sums[:-n]) * down[: len(sums) - n] + np.uint64(n) for n in LENGTHS if n < len(sums)]
    found.append((sums[end] - sums[start]) * down[start] ^ _WORD)
    found.append((sums[end[1:]] - sums[start[:-1]]) * down[start[:-1]] ^ _PAIR)
    return np.unique((_mixed(np.concatenate(found)) >> np.uint64(64 - bits)).astype(np.int64))


def _mixed(hashes: Hashes) -> Hashes:
    mixed: Hashes = (hashes ^ (hashes >> np.uint64(31))) * _MIX
    return mixed


@cache
def _powers() -> tuple[Hashes, Hashes]:
    """Powers of the base and of its inverse modulo 2 ** 64, which is how unsigned sums wrap."""
    powers = []
    for base in (_BASE, _BACK):
        row = np.full(LONGEST + 1, base, np.uint64)
        row[0] = 1
        powers.append(np.cumprod(row, dtype=np.uint64))
    return powers[0], powers[1]
