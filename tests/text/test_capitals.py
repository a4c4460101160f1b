"""What counts as written in capitals, and that nothing moves when it is made small."""

import pytest

from quell.text.capitals import in_capitals, in_small_letters


@pytest.mark.parametrize(
    ("text", "small"),
    [
        ("I WILL FIND YOU.", "i will find you."),
        ("The Bus Leaves Every Hour", "the bus leaves every hour"),
        ("ÜBER DIE STRASSE", "über die strasse"),
        ("ВСЕМ ПРИВЕТ", "всем привет"),
    ],
)
def test_capitals_are_made_small(text: str, small: str) -> None:
    """In any script that has them, and where only each word begins with one."""
    assert in_small_letters(text) == small


@pytest.mark.parametrize(
    "text",
    [
        "I met Anna in Rome.",
        "Der Hund und die Katze essen Brot",
        "iPhone und NASA",
        "今日は雨です。",
        "",
        "1234 !?",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    """Names, nouns of German, and scripts without capitals."""
    assert in_small_letters(text) == text


def test_each_letter_stays_where_it_was() -> None:
    """The small form of this capital has two characters."""
    text = "İSTANBUL'DA YAĞMUR VAR"

    small = in_small_letters(text)

    assert len(small) == len(text)
    assert small.endswith("yağmur var")


def test_no_letters_are_no_capitals() -> None:
    """Digits and marks alone are not shouted."""
    assert not in_capitals("24/7 !!!")
