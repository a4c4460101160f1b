"""Edits keep every character's place in the original."""

import re

from quell.text.edits import Edited


def test_a_replacement_has_the_place_of_what_it_replaced() -> None:
    """Longer, shorter and empty replacements leave places in order."""
    edited = Edited("ab-cd-e")

    edited.replace(re.compile("ab|-|cd"), lambda match: {"ab": "xyz", "-": ""}.get(match.group(), "w"))

    assert edited.text == "xyzwe"
    assert list(edited.offsets) == [0, 0, 1, 3, 6, 7]


def test_a_match_given_back_changes_nothing() -> None:
    """A rule that returns the match leaves text and places."""
    edited = Edited("abc")

    edited.replace(re.compile("b"), lambda match: match.group())

    assert (edited.text, list(edited.offsets)) == ("abc", [0, 1, 2, 3])


def test_characters_are_substituted_one_by_one() -> None:
    """One becomes many, none or another, and edits add up."""
    edited = Edited("axbyc")

    edited.substitute({"x": "", "b": "12"})
    edited.substitute({"y": "z"})

    assert edited.text == "a12zc"
    assert list(edited.offsets) == [0, 2, 2, 3, 4, 5]


def test_letters_that_stay_keep_their_places() -> None:
    """A replacement made of the letters of the match points at each of them."""
    edited = Edited("f r e e")

    edited.replace(re.compile(".+"), lambda _: "free")

    assert list(edited.offsets) == [0, 2, 4, 6, 7]
