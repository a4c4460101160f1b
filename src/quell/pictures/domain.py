"""A decoded picture. Pixels are RGB, uint8, 0 to 255; sides are in pixels."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the processes that decode work without numpy: half the memory, half the start
    import numpy as np
    from numpy.typing import NDArray

WORKING_SIDE = 1_280
"""The longest side of a decoded frame; larger pictures are made smaller."""

FORMATS = ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP")


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One frame, upright: (h, w, 3) uint8; `on_black` is None where every pixel is opaque."""

    on_white: "NDArray[np.uint8]"
    on_black: "NDArray[np.uint8] | None" = None

    @property
    def views(self) -> "tuple[NDArray[np.uint8], ...]":
        """The ways the frame can look, by what lies behind it."""
        return (self.on_white,) if self.on_black is None else (self.on_white, self.on_black)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A picture as it is shown; `width` and `height` are those of the file, turned upright."""

    format: str
    width: int
    height: int
    frames: tuple[Frame, ...]
    frame_count: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What is decoded at most; sides in pixels, bytes of the file."""

    min_side: int = 50
    max_side: int = 7_200
    max_bytes: int = 4 * 1024 * 1024
    frames: int = 8
    """Frames of an animation, or pages, that are looked at: evenly spread, first and last included."""
    max_frames: int = 2_000
    """Frames that an animation may have."""
    max_pixels: int = 256_000_000
    """Pixels of all frames together: later frames of an animation need the earlier ones decoded."""

    @property
    def most_pixels(self) -> int:
        """The pixels that are decoded at most; one picture with the longest sides is always allowed."""
        return max(self.max_pixels, self.max_side**2)
