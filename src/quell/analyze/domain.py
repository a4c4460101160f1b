"""The verdict over a text: blocklists, incidents, harm categories."""

from dataclasses import dataclass
from enum import Enum

from quell.blocklists.domain import Allowance, BlocklistHit, Span
from quell.incidents.domain import Match


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


@dataclass(frozen=True, slots=True)
class TellingWord:
    """A stretch of the text as it was sent that carried a severity; `weight` in log-odds, above 0."""

    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Lifting:
    """What allow-lists changed: the severity without them, 0 to 7, and the items that reached the text."""

    severity: int
    allowances: tuple[Allowance, ...]


@dataclass(frozen=True, slots=True)
class CategoryExplanation:
    """Why a text has its severity, 0 to 7, in one category.

    `probabilities`: by severity, the calibrated probability of reaching it. `window`: the stretch of the
    text as it was sent that decided. `words`: the weightiest first; none where nothing was found.
    """

    category: Category
    severity: int
    probabilities: tuple[tuple[int, float], ...]
    window: Span
    words: tuple[TellingWord, ...] = ()
    lifted: Lifting | None = None


@dataclass(frozen=True, slots=True)
class ExplainQuestion:
    """What is to be explained about a text; None is not asked for."""

    text: str
    incidents: tuple[str, ...] = ()
    categories: tuple[Category, ...] | None = None
    blocklists: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class TextExplanation:
    """The parts of a verdict with what decided each; None where it was not asked for."""

    matches: tuple[Match, ...]
    categories: tuple[CategoryExplanation, ...] | None
    blocklists: tuple[BlocklistHit, ...] | None


TEXT_RECORD = 1_000
"""Code points of a text record, the unit in which the hosted service counts."""


def text_records(text: str) -> int:
    """Return how many records a text is, at least one."""
    return max(1, -(-len(text) // TEXT_RECORD))
