"""The seam to the harm categories: who can tell how harmful a text is."""

from collections.abc import Sequence
from typing import NoReturn, Protocol

from quell.analyze.domain import Category, CategoryExplanation, OutputType, Severity
from quell.errors import NotImplementedYet


class HarmAnalyzer(Protocol):
    """Tells how harmful a text is."""

    def analyze(self, text: str, categories: Sequence[Category], output: OutputType) -> tuple[Severity, ...]:
        """Return one severity for each category, in the order of `Category`."""

    def explain(self, text: str, categories: Sequence[Category]) -> tuple[CategoryExplanation, ...]:
        """Return the same severities, in eight levels, with what decided each."""


class NoHarmAnalyzer:
    """Stands in while there is no model for the harm categories: refuses rather than invents."""

    def analyze(self, text: str, categories: Sequence[Category], output: OutputType) -> tuple[Severity, ...]:
        """Refuse, and say what works already."""
        del text, categories, output
        _refuse()

    def explain(self, text: str, categories: Sequence[Category]) -> tuple[CategoryExplanation, ...]:
        """Refuse likewise."""
        del text, categories
        _refuse()


def _refuse() -> NoReturn:
    raise NotImplementedYet(
        "The harm categories are not built in this version of Quell. "
        "To check incidents alone, call text:detectIncidents; "
        "with incidents.haltOnIncidentHit, text:analyze answers when an incident is hit.",
        target="categories",
    )
