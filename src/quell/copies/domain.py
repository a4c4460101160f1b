"""What a copy is compared by, and what a comparison answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]
"""A picture (height, width, 3), RGB, 0 to 255."""

Box = tuple[int, int, int, int]
"""`x0, y0, x1, y1` in pixels; the last two are not included."""

How = Literal["hash", "embedding", "geometry"]


class Shown(Protocol):
    """One frame of a picture; two views where a transparent ground could hide something."""

    @property
    def views(self) -> tuple[Rgb, ...]:
        """The frame as seen on each ground."""


class Decoded(Protocol):
    """What a reader needs of a decoded picture."""

    @property
    def width(self) -> int:
        """Pixels of the picture as shown."""

    @property
    def height(self) -> int:
        """Pixels of the picture as shown."""

    @property
    def frames(self) -> Sequence[Shown]:
        """The first frame and a bounded number of further ones."""


class Network(Protocol):
    """Turns a picture into a unit vector in which copies lie close; safe to call from several threads."""

    @property
    def name(self) -> str:
        """The name of the weights."""

    @property
    def revision(self) -> str:
        """Changes whenever the same picture may give another vector."""

    @property
    def dim(self) -> int:
        """The length of every vector."""

    def embed(self, rgb: Rgb) -> NDArray[np.float32]:
        """Read one picture of any size into a unit vector (dim,)."""

    def glance(self, rgb: Rgb) -> NDArray[np.float32]:
        """Read one picture quickly into roughly that vector: enough to see that two are nothing alike."""


@dataclass(frozen=True, slots=True)
class CopyMatch:
    """How near a picture comes to the samples of one incident.

    `score` runs from 0 to 1 and `hit` says whether it reaches the threshold. `region` is where the sample
    lies in the picture as shown, `frame` the frame in which it was seen.
    """

    hit: bool
    score: float
    how: How | None = None
    sample_id: str | None = None
    region: Box | None = None
    frame: int = 0


NOTHING = CopyMatch(hit=False, score=0.0)
"""The answer where nothing resembles a sample."""
