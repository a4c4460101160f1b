"""Slips of the keyboard are undone in English, and nothing else is touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quell.text.slips import MOST, without_slips


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("teh bus leavse from the old twon hall", "the bus leaves from the old town hall"),
        ("i want to go hoem tonigth", "i want to go home tonight"),
        ("the neighbbours and thehouse", "the neighbours and the house"),
        ("we see th ebus from here", "we see the bus from here"),
        ("all 1mm1grants are welc0me here", "all immigrants are welcome here"),
        ("PLEASE COME HOEM NOW", "PLEASE COME HOME NOW"),
        ("the keys were foundin the house", "the keys were found in the house"),
        ("we are still contemplattnig a new gardne", "we are still contemplating a new garden"),
    ],
)
def test_slips_are_undone(text: str, expected: str) -> None:
    """Swapped, doubled and dropped letters, two in a long word, lost and moved blanks, digits for letters."""
    mended = without_slips(text)

    assert mended is not None
    assert mended.text == expected


@pytest.mark.parametrize(
    "text",
    [
        "The bus leaves from the old town hall.",
        "Je voudrais une tranche de gâteau aux pommes",
        "Ich möchte heute nicht nach Hause gehen",
        "Her name is Katarzyna Wojciechowska and she lives here",
        "今日は雨です",
        "Room 404, gate b12",
        "",
    ],
)
def test_what_is_no_slip_stays(text: str) -> None:
    """Right words, other languages, names, numbers and codes."""
    assert without_slips(text) is None


@given(st.text(max_size=80))
def test_any_text_has_an_answer(text: str) -> None:
    """If there is one, it differs from the text."""
    mended = without_slips(text)

    assert mended is None or (mended.slips > 0 and mended.text != text)


def test_only_so_many_words_are_looked_at() -> None:
    """Behind them slips stay, so that the cost is bounded."""
    mended = without_slips("the old twon " * (MOST + 20))

    assert mended is not None
    assert mended.slips == MOST


def test_only_a_few_words_are_tried_with_two_slips() -> None:
    """Each costs thousands of look-ups, so that a text full of them must not hold a worker."""
    mended = without_slips("we are still contemplattnig it here and now " * 10)

    assert mended is not None
    assert mended.text.count("contemplating") == 6
