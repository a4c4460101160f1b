"""What the harm model says about a text, and the arithmetic from probabilities to severities."""

from collections.abc import Sequence
from dataclasses import dataclass

CATEGORIES = ("Hate", "SelfHarm", "Sexual", "Violence")
"""The categories in the order of answers, named as on the wire."""

CUTS = (1, 2, 4, 6)
"""The severities at which the model decides: it gives the probability of reaching each."""

TOP = 7
SURE = 6.5
"""From here on 7 is served: half way from the highest cut to certainty, as 3 begins half way from 2 to 4."""

FLAGGED = 2
"""A text counts as flagged from this severity on."""


@dataclass(frozen=True, slots=True)
class CategoryReading:
    """One category of a text, as its worst window shows it.

    `probabilities`: calibrated, of reaching 1, 2, 4 and 6, never rising. `severity`: 0 to 7 with fractions.
    `start`, `end`: the window, in code points of the text that was read.
    """

    category: str
    probabilities: tuple[float, float, float, float]
    severity: float
    start: int
    end: int

    @property
    def eight(self) -> int:
        """The severity in eight levels, 0 to 7."""
        return eight_of(self.severity)

    @property
    def four(self) -> int:
        """The severity in four levels: 0, 2, 4 or 6."""
        return self.eight // 2 * 2

    @property
    def flagged(self) -> bool:
        """Whether the text is more than borderline."""
        return self.severity >= FLAGGED


@dataclass(frozen=True, slots=True)
class HarmReading:
    """All categories of a text, in the order of `CATEGORIES`, and how many windows were read."""

    categories: tuple[CategoryReading, ...]
    windows: int

    def __getitem__(self, category: str) -> CategoryReading:
        """Return one category by its name on the wire."""
        return self.categories[CATEGORIES.index(category)]


@dataclass(frozen=True, slots=True)
class Telling:
    """A stretch of text and how much of the category's evidence goes with it, in log-odds, above 0."""

    start: int
    end: int
    weight: float


def eight_of(severity: float) -> int:
    """Return a severity with fractions as one of eight levels, 0 to 7."""
    return TOP if severity >= SURE else int(severity)


def severity_of(probabilities: Sequence[float], thresholds: Sequence[float]) -> float:
    """Turn four falling probabilities into a severity from 0 to just over 7, using a threshold for each cut.

    A cut is reached when its probability reaches its threshold and all cuts below are reached. Between two
    cuts the severity moves with the next probability's share of its threshold; it never reaches the next cut
    that way. Monotone in every probability.
    """
    reached = 0
    while reached < len(CUTS) and probabilities[reached] >= thresholds[reached]:
        reached += 1
    low = CUTS[reached - 1] if reached else 0
    if reached == len(CUTS):
        above = (probabilities[-1] - thresholds[-1]) / max(1e-6, 1 - thresholds[-1])
        return low + min(1.0, above) * (TOP - low)
    share = min(probabilities[reached] / thresholds[reached], 1 - 1e-4)
    return low + share * (CUTS[reached] - low)
