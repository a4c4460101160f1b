"""The word list tells words from codes."""

import pytest

from quell.text.lexicon import is_known, is_word, split_words


@pytest.mark.parametrize("word", ["free", "TICKETS", "scammer", "vouchers", "sex"])
def test_a_common_word_is_one(word: str) -> None:
    """Any case, and the usual endings."""
    assert is_word(word)


@pytest.mark.parametrize("letters", ["", "at", "xqzt", "logaj", "f" * 5000])
def test_other_letters_are_none(letters: str) -> None:
    """Short words tell nothing, and codes are not in the list."""
    assert not is_word(letters)


def test_words_run_together_are_parted() -> None:
    """The fewest words that spell the letters, in their own case."""
    assert split_words("FREEtickets") == ["FREE", "tickets"]


def test_letters_that_spell_no_words_are_not_parted() -> None:
    """No word is made up."""
    assert split_words("xqztxqzt") is None


def test_the_shortest_words_are_known_too() -> None:
    """`us` is English, though too short to undo a disguise for."""
    assert is_known("us")
    assert not is_word("us")
