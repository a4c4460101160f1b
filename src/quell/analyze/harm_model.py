"""Answers the harm categories with the shipped model."""

from collections.abc import Sequence

from quell.analyze.domain import Category, OutputType, Severity
from quell.errors import NotImplementedYet
from quell.harms import CATEGORIES, HarmModel
from quell.text.normalise import normalise

_KNOWN = {category: category.value for category in Category if category.value in CATEGORIES}


class ModelHarmAnalyzer:
    """Reads a text with the harm model, after evasion tricks were undone."""

    def __init__(self, model: HarmModel) -> None:
        self._model = model

    def analyze(self, text: str, categories: Sequence[Category], output: OutputType) -> tuple[Severity, ...]:
        """Return one severity for each category, in the order of `Category`."""
        unknown = [category.value for category in categories if category not in _KNOWN]
        if unknown:
            raise NotImplementedYet(
                f"The harm category '{unknown[0]}' is not built in this version of Quell.",
                target="categories",
            )
        reading = self._model.analyze(normalise(text).text)
        found = []
        for category in (known for known in _KNOWN if known in categories):
            one = reading[_KNOWN[category]]
            found.append(Severity(category, one.eight if output is OutputType.EIGHT else one.four))
        return tuple(found)
