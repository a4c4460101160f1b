"""Answers the harm categories with the shipped model."""

from collections.abc import Sequence
from typing import Protocol

from quell.analyze.domain import Category, CategoryExplanation, OutputType, Severity, TellingWord
from quell.errors import NotImplementedYet
from quell.harms import CATEGORIES, CategoryReading, HarmReading, Telling
from quell.harms.domain import CUTS
from quell.text.normalise import Normalised, normalise

_KNOWN = {category: category.value for category in Category if category.value in CATEGORIES}


class HarmReader(Protocol):
    """What is asked of the harm model; `HarmModel` is one."""

    @property
    def name(self) -> str:
        """The model's name."""

    @property
    def revision(self) -> str:
        """Changes whenever the same text may get another answer."""

    def analyze(self, text: str) -> HarmReading:
        """Read a normalised text."""

    def tell(self, text: str, reading: CategoryReading) -> Sequence[Telling]:
        """Find the stretches that carried a category, the weightiest first."""


class ModelHarmAnalyzer:
    """Reads a text with the harm model, after evasion tricks were undone."""

    def __init__(self, model: HarmReader) -> None:
        self._model = model

    def analyze(self, text: str, categories: Sequence[Category], output: OutputType) -> tuple[Severity, ...]:
        """Return one severity for each category, in the order of `Category`."""
        _check(categories)
        reading = self._model.analyze(normalise(text).text)
        found = []
        for category in (known for known in _KNOWN if known in categories):
            one = reading[_KNOWN[category]]
            found.append(Severity(category, one.eight if output is OutputType.EIGHT else one.four))
        return tuple(found)

    def explain(self, text: str, categories: Sequence[Category]) -> tuple[CategoryExplanation, ...]:
        """Return the same severities, in eight levels, with what decided each; words only above 0."""
        _check(categories)
        normalised = normalise(text)
        reading = self._model.analyze(normalised.text)
        return tuple(
            self._explained(category, normalised, reading[name])
            for category, name in _KNOWN.items()
            if category in categories
        )

    def _explained(
        self, category: Category, normalised: Normalised, reading: CategoryReading
    ) -> CategoryExplanation:
        # Every word left out is a run of the model: not where there is nothing to explain.
        words = self._model.tell(normalised.text, reading) if reading.eight else ()
        return CategoryExplanation(
            category,
            reading.eight,
            tuple(zip(CUTS, reading.probabilities, strict=True)),
            normalised.span(reading.start, reading.end),
            tuple(TellingWord(*normalised.span(word.start, word.end), word.weight) for word in words),
        )


def _check(categories: Sequence[Category]) -> None:
    unknown = [category.value for category in categories if category not in _KNOWN]
    if unknown:
        raise NotImplementedYet(
            f"The harm category '{unknown[0]}' is not built in this version of Quell.",
            target="categories",
        )
