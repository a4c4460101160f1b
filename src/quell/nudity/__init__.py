"""Kernel: tells how sexually explicit a picture is, from its pixels alone."""

from quell.nudity.domain import NudityReading
from quell.nudity.reader import NudityReader

__all__ = ["NudityReader", "NudityReading"]
