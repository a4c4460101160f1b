"""Labels against readings, by category and language."""

import pytest

from quell.harms.evaluation import ANY, CategoryScores, Judged, evaluate
from tests.doubles import TinyHarms

MODEL = TinyHarms()


def judged(text: str, language: str = "", **labels: int | None) -> Judged:
    """Return a text with labels, read."""
    return Judged(labels, language, MODEL.analyze(text))


def found(rows: list[Judged], category: str) -> CategoryScores:
    """Return the scores of a category."""
    return next(one for one in evaluate(rows) if one.category == category)


SEVERITIES = [
    judged("a calm day", "en", Violence=0),
    judged("nudge", "en", Violence=2),
    judged("shove", "de", Violence=4),
    judged("wallop", "de", Violence=6),
    judged("shove", "de", Violence=1),
    judged("wallop", "fr", Violence=None),
]


def test_severities_are_harmful_from_two_on() -> None:
    """Every number of a category's row, over all languages."""
    violence = found(SEVERITIES, "Violence")
    score = violence.scores[0]

    assert (violence.labels, score.language, score.texts, score.harmful) == ("severities", "all", 5, 3)
    assert (score.recall, score.false_positive_rate) == (pytest.approx(2 / 3), pytest.approx(1 / 2))
    assert score.f1 == pytest.approx(2 / 3)
    assert score.absolute_error == pytest.approx((0 + 0.5 + 0.5 + 0.4 + 2.5) / 5)
    assert score.confusion == [[1, 1, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1]]
    # Two of three harmful texts and one of two harmless ones have the higher chance.
    assert score.auroc == pytest.approx((2 * 1.5 + 0.5) / 6)


def test_each_language_has_its_row() -> None:
    """Only languages with a label, by name; a class that is missing leaves its numbers out."""
    german = found(SEVERITIES, "Violence").scores

    assert [score.language for score in german] == ["all", "de", "en"]
    assert [score.texts for score in german] == [5, 3, 2]


@pytest.mark.parametrize("languages", [("", ""), ("en", "en")])
def test_one_language_needs_no_row_of_its_own(languages: tuple[str, str]) -> None:
    """It would repeat the row of all."""
    rows = [judged("calm", language, Hate=label) for label, language in enumerate(languages)]

    assert [score.language for score in found(rows, "Hate").scores] == ["all"]


def test_labels_of_zero_and_one_are_flags() -> None:
    """A one is harmful then, and says nothing of severities, unless the caller knows better."""
    rows = [judged("shove", Violence=1), judged("calm", Violence=0)]
    flags, (severities,) = found(rows, "Violence"), evaluate(rows, "severities")

    assert (flags.labels, flags.scores[0].harmful, flags.scores[0].f1) == ("flags", 1, 1.0)
    assert (flags.scores[0].confusion, flags.scores[0].absolute_error) == (None, None)
    assert (severities.scores[0].harmful, severities.scores[0].confusion is None) == (0, False)


def test_any_harm_is_told_beside_several_categories() -> None:
    """A text counts when one label calls it harmful, or all of them call it harmless."""
    rows = [
        judged("louse", Hate=4, Violence=None),
        judged("calm", Hate=0, Violence=0),
        judged("shove", Hate=0, Violence=0),
        judged("calm", Hate=0, Violence=None),
        judged("shove", Hate=0, Violence=4),
    ]
    score = found(rows, ANY).scores[0]

    assert (score.texts, score.harmful, score.recall, score.false_positive_rate) == (4, 2, 1.0, 0.5)
    assert [one.category for one in evaluate(rows)] == ["Hate", "Violence", ANY]


def test_no_labels_no_scores() -> None:
    """A category that nobody labelled has no row."""
    assert evaluate([judged("calm", Hate=None)]) == []
