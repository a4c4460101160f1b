"""Floats to small integers and scales: whole kernels to seven bits, word embeddings to eight or four."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
BLOCK = 32  # weights that share a scale in four-bit storage
ALPHA = 0.7  # how far outliers move into the kernel; .5, .7, .8 and .9 were tried


def integers_of(values: Floats, *, axis: int, top: int) -> tuple[NDArray[np.int8], Floats]:
    """Round to integers in [-top, top], one scale a line along `axis`: values ≈ integers * scale."""
    largest = np.abs(values).max(axis=axis, keepdims=True)
    scale = np.maximum(largest, 1e-12).astype(np.float32) / np.float32(top)
    return np.clip(np.rint(values / scale), -top, top).astype(np.int8), scale


def evened(kernel: Floats, largest: Floats) -> tuple[Floats, Floats]:
    """Move activation outliers into the kernel (SmoothQuant, arXiv 2211.10438).

    A few input channels are ten times larger than the rest, and one scale for all of them leaves few levels
    for the others. Dividing the channels and multiplying the kernel's rows gives the same product.
    `largest` (inputs,) holds each channel's largest magnitude; gives the divisor (inputs,) and the kernel.
    """
    rows = np.maximum(np.abs(kernel).max(axis=1), 1e-5)
    divisor = (np.maximum(largest, 1e-5) ** ALPHA / rows ** (1 - ALPHA)).astype(np.float32)
    return divisor, kernel * divisor[:, None]


def blocks_of(table: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Round to integers in [-8, 7], with a scale (rows, blocks) for every 32 of a row.

    The weight of largest magnitude becomes -8, so a table expanded from such blocks comes back exactly.
    """
    blocks = table.reshape(table.shape[0], -1, BLOCK)
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=2, keepdims=True), axis=2)
    scale = np.where(largest == 0, np.float32(1), largest / np.float32(-8))
    integers = np.clip(np.rint(blocks / scale), -8, 7).astype(np.int8)
    return integers.reshape(table.shape), scale[:, :, 0]


def packed(signed: NDArray[np.int8]) -> bytes:
    """Pack two four-bit integers a byte, the first in the low half, as ONNX stores INT4."""
    nibbles = signed.reshape(-1).astype(np.uint8) & 15
    return (nibbles[0::2] | (nibbles[1::2] << 4)).tobytes()
