"""What the classifier says of a picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

FourLevels = Literal[0, 2, 4, 6]


class FrameToJudge(Protocol):
    """What is asked of a frame; those of `quell.pictures` have it."""

    @property
    def views(self) -> Sequence[NDArray[np.uint8]]:
        """The frame laid on white and, where it is see-through, on black: each (h, w, 3) RGB."""


class PictureToJudge(Protocol):
    """What is asked of a picture; those of `quell.pictures` have it."""

    @property
    def frames(self) -> Sequence[FrameToJudge]:
        """The frames, the first one first; at least one."""


@dataclass(frozen=True, slots=True)
class NudityReading:
    """The worst frame and view of a picture.

    `probabilities`: by class of the model, 0 to 1, together 1. `explicit`: the probability of the explicit
    classes. `frame`: its number among the frames that were read, from 0. `view`: what lay under alpha.
    """

    severity: FourLevels
    explicit: float
    probabilities: Mapping[str, float]
    frame: int
    view: Literal["white", "black"]


def severity_of(explicit: float, cuts: Sequence[float]) -> FourLevels:
    """Return the severity of a probability by three rising cuts, those of 2, 4 and 6."""
    low, medium, high = cuts
    if explicit >= high:
        return 6
    if explicit >= medium:
        return 4
    return 2 if explicit >= low else 0
