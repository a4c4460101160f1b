"""What a scene is worth: the severity of each category that its pixels speak for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

LEVELS = (2, 4, 6)


class FrameToJudge(Protocol):
    """A frame and the ways it can look, each (h, w, 3) uint8 RGB."""

    @property
    def views(self) -> tuple[NDArray[np.uint8], ...]:
        """The views."""


class PictureToJudge(Protocol):
    """A decoded picture."""

    @property
    def frames(self) -> Sequence[FrameToJudge]:
        """Its frames, at least one."""


@dataclass(frozen=True, slots=True)
class SceneLevel:
    """The severity of one category, 0, 2, 4 or 6.

    `probabilities` holds for 2, 4 and 6 the share, 0 to 1, of the descriptions of that level or a worse one
    among all, and is empty where a model was asked; `description` is the one that the picture is most like,
    or the model's reason.
    """

    severity: int
    probabilities: Mapping[int, float]
    description: str


def level_of(shares: Mapping[int, float], description: str) -> SceneLevel:
    """Judge by the shares of the levels 0, 2, 4, 6, which sum to 1: the worst that is likelier than not."""
    reached = {level: sum(share for one, share in shares.items() if one >= level) for level in LEVELS}
    severity = max((level for level, share in reached.items() if share >= 0.5), default=0)
    return SceneLevel(severity, reached, description)


def worse(first: SceneLevel, second: SceneLevel) -> SceneLevel:
    """Return the worse of two frames or views."""
    return max(first, second, key=lambda one: (one.severity, sum(one.probabilities.values())))
