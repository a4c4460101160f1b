"""The harm categories, answered by the shipped model."""

import pytest

from quell.analyze.domain import Category, OutputType, Severity
from quell.analyze.harm_model import ModelHarmAnalyzer
from quell.errors import NotImplementedYet
from quell.harms import HarmModel
from quell.models import WEIGHTS

THREAT = "I am going to beat you up after school and break your arm."


@pytest.fixture(scope="module")
def analyzer() -> ModelHarmAnalyzer:
    """Give the analyzer with the shipped model."""
    return ModelHarmAnalyzer(HarmModel(WEIGHTS / "harms-e5"))


def test_only_what_was_asked_is_answered_in_the_order_of_the_wire(analyzer: ModelHarmAnalyzer) -> None:
    """The order of the request does not matter."""
    found = analyzer.analyze("A calm day.", [Category.VIOLENCE, Category.HATE], OutputType.FOUR)

    assert (Severity(Category.HATE, 0), Severity(Category.VIOLENCE, 0)) == found


def test_four_levels_are_even(analyzer: ModelHarmAnalyzer) -> None:
    """The four-level answer is the even floor of the eight-level one."""
    eight = analyzer.analyze(THREAT, [Category.VIOLENCE], OutputType.EIGHT)[0].level
    four = analyzer.analyze(THREAT, [Category.VIOLENCE], OutputType.FOUR)[0].level

    assert eight >= 2
    assert eight // 2 * 2 == four


def test_zero_width_characters_hide_nothing(analyzer: ModelHarmAnalyzer) -> None:
    """A threat with invisible characters inside its words gets the answer of the plain one."""
    hidden = "\u200b".join(THREAT)

    plain = analyzer.analyze(THREAT, [Category.VIOLENCE], OutputType.EIGHT)

    assert plain == analyzer.analyze(hidden, [Category.VIOLENCE], OutputType.EIGHT)


def test_a_category_without_a_model_is_refused(analyzer: ModelHarmAnalyzer) -> None:
    """The category of one private version has no model, and the answer says so."""
    with pytest.raises(NotImplementedYet, match="Drugs"):
        analyzer.analyze("A calm day.", [Category.DRUGS], OutputType.FOUR)
