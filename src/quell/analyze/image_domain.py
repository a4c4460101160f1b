"""The verdict over a picture: what was asked, what each kind of evidence found, how much was seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from quell.analyze.domain import DEFAULT_CATEGORIES, Category, CategoryExplanation, IncidentQuestion, Severity
from quell.incidents.domain import ImageMatch
from quell.nudity import NudityReading
from quell.ocr import TextLine
from quell.scenes import SceneLevel

IMAGE_CATEGORIES = DEFAULT_CATEGORIES
"""The harm categories of pictures, in the order of answers."""


class Coverage(Enum):
    """How much of a picture stands behind a category's verdict, the least first."""

    NONE = "none"
    TEXT_ONLY = "text-only"
    FULL = "full"

    @property
    def rank(self) -> int:
        """The place in the order: more is better."""
        return list(Coverage).index(self)


@dataclass(frozen=True, slots=True)
class ImageQuestion:
    """What a client wants to know about a picture."""

    categories: tuple[Category, ...] = IMAGE_CATEGORIES
    incidents: IncidentQuestion | None = None


@dataclass(frozen=True, slots=True)
class ImageVerdict:
    """The answer, severities 0, 2, 4, 6, and how much stood behind each asked category.

    `incidents` is None where the request asked for none; `halted` where a hit left out the harm categories.
    """

    severities: tuple[Severity, ...]
    coverage: Mapping[Category, Coverage]
    incidents: tuple[str, ...] | None = None
    halted: bool = False


@dataclass(frozen=True, slots=True)
class MemeQuestion:
    """What a client wants to know about a picture and the text beside it."""

    text: str = ""
    categories: tuple[Category, ...] = IMAGE_CATEGORIES
    read_picture: bool = True


@dataclass(frozen=True, slots=True)
class ImageExplanation:
    """What each kind of evidence found; None where no asked category rests on it, or nothing was asked."""

    severities: tuple[Severity, ...]
    coverage: Mapping[Category, Coverage]
    nudity: NudityReading | None
    lines: Sequence[TextLine]
    text: str
    words: Sequence[CategoryExplanation]
    symbols: Sequence[tuple[str, Severity]] = ()
    matches: Sequence[ImageMatch] | None = None
    scenes: Mapping[Category, SceneLevel] | None = None


Judged = TypeVar("Judged", ImageVerdict, ImageExplanation)


def worst(categories: Sequence[Category], found: Sequence[Severity]) -> tuple[Severity, ...]:
    """Return the highest severity of each category in four levels, in the order of `Category`; none is 0."""
    levels = dict.fromkeys(categories, 0)
    for one in found:
        if one.category in levels:
            levels[one.category] = max(levels[one.category], one.level // 2 * 2)
    return tuple(Severity(category, levels[category]) for category in Category if category in levels)
