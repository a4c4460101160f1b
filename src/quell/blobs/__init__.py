"""Kernel: reads what a caller's URL points at, without becoming a way into the operator's network."""

from quell.blobs.guard import Guard, Timing
from quell.blobs.policy import BlobMode, BlobPolicy
from quell.blobs.reader import BlobReader

__all__ = ["BlobMode", "BlobPolicy", "BlobReader", "Guard", "Timing"]
