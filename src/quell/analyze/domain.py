"""The verdict over a text: blocklists, incidents, harm categories."""

from dataclasses import dataclass
from enum import Enum

from quell.blocklists.domain import BlocklistHit


class Category(Enum):
    """The harm categories, in the order of answers."""

    HATE = "Hate"
    SELF_HARM = "SelfHarm"
    SEXUAL = "Sexual"
    VIOLENCE = "Violence"
    DRUGS = "Drugs"


DEFAULT_CATEGORIES = (Category.HATE, Category.SELF_HARM, Category.SEXUAL, Category.VIOLENCE)
"""What is analysed when a request names no category."""


class OutputType(Enum):
    """How finely severities are told: 0, 2, 4, 6 or 0 to 7."""

    FOUR = "FourSeverityLevels"
    EIGHT = "EightSeverityLevels"


@dataclass(frozen=True, slots=True)
class IncidentQuestion:
    """Which incidents to ask, and whether a hit makes the harm categories unnecessary."""

    names: tuple[str, ...]
    halt_on_hit: bool


@dataclass(frozen=True, slots=True)
class TextQuestion:
    """What a client wants to know about a text."""

    text: str
    categories: tuple[Category, ...] = DEFAULT_CATEGORIES
    output: OutputType = OutputType.FOUR
    blocklists: tuple[str, ...] = ()
    halt_on_blocklist_hit: bool = False
    incidents: IncidentQuestion | None = None


@dataclass(frozen=True, slots=True)
class Severity:
    """How harmful a text is in one category: 0 to 7, or 0, 2, 4, 6."""

    category: Category
    level: int


@dataclass(frozen=True, slots=True)
class TextVerdict:
    """The answer; `incidents` is None where the request asked for none."""

    severities: tuple[Severity, ...]
    incidents: tuple[str, ...] | None
    blocklists: tuple[BlocklistHit, ...] = ()


TEXT_RECORD = 1_000
"""Code points of a text record, the unit in which the hosted service counts."""


def text_records(text: str) -> int:
    """Return how many records a text is, at least one."""
    return max(1, -(-len(text) // TEXT_RECORD))
