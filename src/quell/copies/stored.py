"""A sample as it is stored: everything that matching needs, in at most 64 KiB."""

import struct
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from quell.copies.keypoints import Keypoints

MOST_VECTORS = 12
"""Vectors of a sample, half of them of mirror images; of its views so many are read at most."""
KEYPOINTS = 300
THUMB = 96
"""Side of the stored grey thumbnail, which covers the sample whatever its shape."""

_OBJECTS = 2_000
"""The memory of the Python objects of one sample, in bytes, measured."""

_HEAD = struct.Struct("<4sHHHHHH")
_MAGIC = b"QCP1"


@dataclass(frozen=True, slots=True, eq=False)
class StoredSample:
    """One sample.

    Of each view: its PDQ hash, uint8 (v, 32), PDQ quality (v,) and digest (v, 16). `vectors` are the
    network's of parts and of their mirror images, float32 (m, dim), with `nearness` (m,) to the background.
    Of the first view also the keypoints and a grey thumbnail (96, 96).
    """

    bits: NDArray[np.uint8]
    qualities: NDArray[np.uint8]
    digests: NDArray[np.uint8]
    vectors: NDArray[np.float32]
    nearness: NDArray[np.float32]
    keypoints: Keypoints
    thumb: NDArray[np.uint8]

    @property
    def nbytes(self) -> int:
        """The memory of a sample that was read from bytes: these, the numbers made wider, the objects."""
        wider = self.vectors.nbytes + self.nearness.nbytes + self.keypoints.points.nbytes
        views = (self.bits, self.qualities, self.digests, self.keypoints.descriptors, self.thumb)
        return sum(view.nbytes for view in views) + wider // 2 + wider + _OBJECTS

    def to_bytes(self) -> bytes:
        """Write the sample; numbers are little-endian."""
        width, height = self.keypoints.size
        head = _HEAD.pack(
            _MAGIC, len(self.bits), *self.vectors.shape, len(self.keypoints.points), width, height
        )
        parts = (
            self.bits,
            self.qualities,
            self.digests,
            self.vectors.astype("<f2"),
            self.nearness.astype("<f2"),
            np.rint(self.keypoints.points * 16).astype("<u2"),
            self.keypoints.descriptors,
            self.thumb,
        )
        return head + b"".join(part.tobytes() for part in parts)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what `to_bytes` wrote."""
        magic, views, count, dim, points, width, height = _HEAD.unpack_from(data)
        if magic != _MAGIC:
            raise ValueError("these are not the bytes of a sample picture")
        reader = _Reader(data, _HEAD.size)
        bits = reader.take("u1", views, 32)
        qualities = reader.take("u1", views)
        digests = reader.take("u1", views, 16)
        vectors = reader.take("<f2", count, dim).astype(np.float32)
        nearness = reader.take("<f2", count).astype(np.float32)
        where = (reader.take("<u2", points, 2) / 16).astype(np.float32)
        keypoints = Keypoints((width, height), where, reader.take("u1", points, 128))
        return cls(bits, qualities, digests, vectors, nearness, keypoints, reader.take("u1", THUMB, THUMB))


class _Reader:
    """Takes arrays off a run of bytes."""

    def __init__(self, data: bytes, start: int) -> None:
        self._data = data
        self._at = start

    def take(self, kind: str, *shape: int) -> NDArray[np.uint8]:
        """Read the next array."""
        count = int(np.prod(shape))
        taken = np.frombuffer(self._data, kind, count, self._at).reshape(shape)
        self._at += taken.nbytes
        return taken
