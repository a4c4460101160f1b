"""Finds copies of sample pictures: cropped, captioned, mirrored, framed, pasted into another picture."""

from quell.copies.background import Background
from quell.copies.domain import CopyMatch, Decoded, Network
from quell.copies.index import CopyIndex
from quell.copies.network import CopyNetwork
from quell.copies.query import CopyQuery
from quell.copies.reader import CopyReader

__all__ = [
    "Background",
    "CopyIndex",
    "CopyMatch",
    "CopyNetwork",
    "CopyQuery",
    "CopyReader",
    "Decoded",
    "Network",
]
