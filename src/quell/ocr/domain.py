"""What is read in a picture, and how much of it at most."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Box = tuple[Point, Point, Point, Point]

# ISO 15924 codes of the scripts that the shipped recogniser has letters for.
SCRIPTS = ("Latn", "Hans", "Hant", "Hira", "Kana")


class FrameToRead(Protocol):
    """What is asked of a frame; those of `quell.pictures` have it."""

    @property
    def views(self) -> Sequence[NDArray[np.uint8]]:
        """The frame laid on white and, where it is see-through, on black: each (h, w, 3) RGB."""


class PictureToRead(Protocol):
    """What is asked of a picture; those of `quell.pictures` have it."""

    @property
    def width(self) -> int:
        """Pixels across of the picture as shown."""

    @property
    def height(self) -> int:
        """Pixels down of the picture as shown."""

    @property
    def frames(self) -> Sequence[FrameToRead]:
        """The frames to read, the first one first."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text.

    `box` has its four corners in pixels of the picture as shown, clockwise as one reads: the first is where
    the text starts, so that a line turned upside down starts at its lower right. `confidence` is 0 to 1.
    """

    text: str
    box: Box
    confidence: float
    frame: int


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """How much is read: counts first, so that an answer does not depend on how busy the machine is.

    `lines` and `characters` hold for one frame. `seconds` is looked at between frames only: the first frame
    is always read whole.
    """

    detection_side: int = 736
    lines: int = 64
    characters: int = 1000
    seconds: float = 5.0
    confidence: float = 0.6
