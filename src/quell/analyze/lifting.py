"""Allow-lists over the harm categories: what they speak for is read as if it were not there.

A category that found something is read again with blanks in place of the stretches that its allow-lists
reach. The lower severity counts, so that an allow-list can lift a verdict and never make one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from quell.analyze.domain import Category, CategoryExplanation, Lifting, OutputType, Severity
from quell.analyze.harm import HarmAnalyzer
from quell.blocklists.domain import Span, neutralised
from quell.blocklists.matcher import AllowlistMatcher
from quell.text.normalise import normalise


class LiftedHarm:
    """A harm analyzer that heeds the allow-lists; harmless texts cost nothing more."""

    def __init__(self, harm: HarmAnalyzer, allowlists: AllowlistMatcher) -> None:
        self._harm = harm
        self._allowlists = allowlists

    def analyze(self, text: str, categories: Sequence[Category], output: OutputType) -> tuple[Severity, ...]:
        """Return one severity for each category, in the order of `Category`."""
        found = self._harm.analyze(text, categories, output)
        lower: dict[Category, int] = {}
        for spans, reached in self._reached(text, [one.category for one in found if one.level]).items():
            again = self._harm.analyze(neutralised(text, spans), reached, output)
            lower |= {one.category: one.level for one in again}
        return tuple(replace(one, level=min(one.level, lower.get(one.category, one.level))) for one in found)

    def explain(self, text: str, categories: Sequence[Category]) -> tuple[CategoryExplanation, ...]:
        """Return the same severities, in eight levels, with what decided each and what was lifted."""
        found = self._harm.explain(text, categories)
        again: dict[Category, CategoryExplanation] = {}
        for spans, reached in self._reached(text, [one.category for one in found if one.severity]).items():
            blanked = self._harm.explain(neutralised(text, spans), reached)
            again |= {one.category: one for one in blanked}
        return tuple(self._lower(text, one, again.get(one.category)) for one in found)

    def _lower(
        self, text: str, found: CategoryExplanation, again: CategoryExplanation | None
    ) -> CategoryExplanation:
        if again is None or again.severity >= found.severity:
            return found
        allowances = self._allowlists.allowances(text, normalise(text), found.category.value)
        return replace(again, lifted=Lifting(found.severity, tuple(allowances)))

    def _reached(
        self, text: str, categories: Sequence[Category]
    ) -> Mapping[tuple[Span, ...], Sequence[Category]]:
        """Return the categories that allow-lists speak for, by the stretches they speak for."""
        if not categories:
            return {}
        names = [category.value for category in categories]
        allowed = self._allowlists.allowed(text, normalise(text), names)
        by_spans: dict[tuple[Span, ...], list[Category]] = {}
        for category in categories:
            if spans := allowed[category.value]:
                by_spans.setdefault(spans, []).append(category)
        return by_spans
