"""What every text encoder offers, and how a long text is cut into windows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Window:
    """A span of code points, `start` included and `end` not, in the text that was encoded."""

    start: int
    end: int


class TextEncoder(Protocol):
    """Turns one text at a time into unit vectors; safe to call from several threads at once."""

    @property
    def name(self) -> str:
        """The name that samples, backgrounds and verdicts refer to."""

    @property
    def revision(self) -> str:
        """Changes whenever the same text may give another vector."""

    @property
    def dim(self) -> int:
        """The length of every vector."""

    def windows(self, text: str) -> list[Window]:
        """Cut into overlapping spans that together cover all of the text; one for a short text."""

    def encode(self, text: str) -> NDArray[np.float32]:
        """Read the text into one unit vector, shape (dim,); a long text gives the mean of its windows."""

    def encode_windows(self, text: str) -> tuple[list[Window], NDArray[np.float32]]:
        """Read each window into a unit vector; gives the windows and the vectors, shape (windows, dim)."""


def token_slices(tokens: int, size: int, stride: int) -> list[slice]:
    """Cut into slices of `size` tokens every `stride`; the last one is moved back so that it is full, too."""
    if tokens <= size:
        return [slice(0, tokens)]
    starts = [*range(0, tokens - size, stride), tokens - size]
    return [slice(start, start + size) for start in starts]


def spans(slices: Sequence[slice], offsets: Sequence[tuple[int, int]], length: int) -> list[Window]:
    """Map token slices to the code-point windows they cover.

    `offsets[i]` is the code-point span of token i. Characters that became no token (blanks, control
    characters) belong to the window of the token before them, so that no character is lost.
    """
    last = len(slices) - 1
    windows = []
    for number, cut in enumerate(slices):
        start = 0 if number == 0 else offsets[cut.start][0]
        end = length if number == last else offsets[cut.stop][0]
        windows.append(Window(start, end))
    return windows
