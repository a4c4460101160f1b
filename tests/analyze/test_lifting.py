"""Allow-lists over the harm categories."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from quell.analyze.domain import Category, OutputType
from quell.analyze.harm_model import ModelHarmAnalyzer
from quell.analyze.lifting import LiftedHarm
from quell.blocklists.domain import ListChange
from quell.blocklists.matcher import AllowlistMatcher
from tests.doubles import TinyHarms
from tests.house import House, build_house

FOUR = (Category.HATE, Category.SELF_HARM, Category.SEXUAL, Category.VIOLENCE)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return a house with a harm model and an allow-list for violence."""
    built = build_house(tmp_path, harm=ModelHarmAnalyzer(TinyHarms()))
    built.allowlists.create("cricket", "wallop the ball")
    yield built
    built.close()


@pytest.fixture
def harm(house: House) -> LiftedHarm:
    """Return the harm analyzer that heeds the allow-lists."""
    return LiftedHarm(house.harm, AllowlistMatcher(house.allowlists.index))


def levels(harm: LiftedHarm, text: str, output: OutputType = OutputType.EIGHT) -> list[int]:
    """Return the severities of the four categories."""
    return [found.level for found in harm.analyze(text, FOUR, output)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("he can wallop the ball", [0, 0, 0, 0]),
        ("he can WALLOP the ba\u200bll", [0, 0, 0, 0]),
        ("he can wallop the goalkeeper", [0, 0, 0, 6]),
        ("wallop the ball, then shove him", [0, 0, 0, 3]),
        ("you louse, wallop the ball", [4, 0, 0, 0]),
        ("a calm day", [0, 0, 0, 0]),
    ],
)
def test_what_an_item_covers_does_not_count(harm: LiftedHarm, text: str, expected: list[int]) -> None:
    """The rest of the text keeps its severity, and so do the categories that the list does not name."""
    assert levels(harm, text) == expected


def test_the_window_says_how_far_an_item_reaches(house: House, harm: LiftedHarm) -> None:
    """A word beside an item is lifted with it when it lies in the window, and not beyond."""
    text = "shove and wallop the ball"
    before = levels(harm, text)
    house.allowlists.service.put("cricket", ListChange(window=len("shove and ")))
    reached = levels(harm, text)
    house.allowlists.service.put("cricket", ListChange(window=len("shove and ") - 5))
    short = levels(harm, text)

    assert (before[3], reached[3], short[3]) == (3, 0, 3)


def test_the_output_type_is_kept(harm: LiftedHarm) -> None:
    """Lifted severities come in four levels, too."""
    assert levels(harm, "wallop the ball, then shove him", OutputType.FOUR) == [0, 0, 0, 2]


def test_a_harmless_text_is_read_once(house: House, harm: LiftedHarm) -> None:
    """The allow-lists cost nothing where there is nothing to lift, and one reading where there is."""
    model = house.harm._model  # type: ignore[attr-defined]
    house.allowlists.create("colours", "red ball")
    levels(harm, "a calm day, and a red ball")
    calm = len(model.read)
    levels(harm, "wallop the ball")

    assert (calm, len(model.read) - calm) == (1, 2)


def test_an_allow_list_never_raises_a_severity(house: House) -> None:
    """The lower of both readings counts, even where blanks make a model see more."""

    class Contrary(TinyHarms):
        def analyze(self, text: str):  # type: ignore[no-untyped-def] # noqa: ANN202
            return super().analyze(text if "ball" in text else "wallop".ljust(len(text)))

    harm = LiftedHarm(ModelHarmAnalyzer(Contrary()), AllowlistMatcher(house.allowlists.index))
    house.allowlists.create("soft", "nudge the ball")

    assert levels(harm, "nudge the ball")[3] == 1
    assert harm.explain("nudge the ball", FOUR)[3].lifted is None


def test_what_was_lifted_is_explained(harm: LiftedHarm) -> None:
    """The severity without the list is told, and the items; the rest of the text explains itself."""
    text = "wallop the ball, then shove him"
    violence = harm.explain(text, FOUR)[3]

    assert violence.lifted is not None
    (allowance,) = violence.lifted.allowances
    assert (violence.severity, violence.lifted.severity) == (3, 6)
    assert (allowance.allowlist, allowance.place.item.text, allowance.reach) == (
        "cricket",
        "wallop the ball",
        (0, 15),
    )
    assert [text[word.start : word.end] for word in violence.words] == ["shove"]


def test_a_list_counts_from_the_next_text_on(house: House, harm: LiftedHarm) -> None:
    """A new item and a deleted list change the very next verdict."""
    text = "shove the boat out"
    before = levels(harm, text)
    house.allowlists.create("idioms", text)
    between = levels(harm, text)
    house.allowlists.service.delete("idioms")

    assert (before[3], between[3], levels(harm, text)[3]) == (3, 0, 3)
