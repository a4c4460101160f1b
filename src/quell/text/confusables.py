"""Words that mix scripts to look like other words, put back into one script.

The table is a cut of Unicode's confusables (UTS #39) to single letters that look like a Latin one and survive
NFKC. The packages that carry all of it load a megabyte at import, and fold honest accents too.
"""

import re
import unicodedata
from collections import Counter
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from quell.text.edits import Edited

WORD = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f])+")
"""A run of letters and the marks on them."""

_MIXED = re.compile(r"(?<![^\W\d_])(?:[^\W\d_A-Za-z]++[A-Za-z]|[A-Za-z]++[^\W\d_A-Za-z])[^\W\d_]*")
_ALPHABETS = frozenset({"CYRILLIC", "GREEK", "ARMENIAN", "COPTIC", "GEORGIAN"})
"""Scripts in which a short honest text can be all look-alikes."""

_BORROWED = re.compile("[A-Z]{2,}[^\\W\\d_A-Za-z]{1,4}")  # SMSка: an acronym with a Russian ending
_ASCII = re.compile("[A-Za-z]")


class Table(NamedTuple):
    """Look-alikes: letter to Latin letter; those no eye tells apart; and back, by script."""

    latin: dict[str, str]
    same: frozenset[str]
    back: dict[str, dict[str, str]]


@cache
def table() -> Table:
    """Return the table, read on first use."""
    lines = files("quell.text").joinpath("tables/confusables.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    back: dict[str, dict[str, str]] = {"CYRILLIC": {}, "GREEK": {}}
    for letter, latin, _ in rows:
        # Only the letters of the everyday alphabets: nobody meant a Komi letter.
        if "\u0391" <= letter <= "\u03c9" or "\u0410" <= letter <= "\u044f":
            back[script_of(letter)].setdefault(latin, letter)
    return Table(
        {letter: latin for letter, latin, _ in rows},
        frozenset(letter for letter, _, likeness in rows if likeness == "same"),
        back,
    )


@lru_cache(maxsize=8192)
def script_of(character: str) -> str:
    """Return the script of a letter by its name in Unicode, "" for what is no letter."""
    if character.isascii():
        return "LATIN" if character.isalpha() else ""
    return unicodedata.name(character, "").split(" ", 1)[0] if character.isalpha() else ""


def one_script(edited: Edited) -> None:
    """Fold words of mixed script to the script that they are to be read in."""
    latin = table().latin
    if latin.keys().isdisjoint(edited.text):
        return
    home = _home(edited.text)
    # Among words of a script with look-alikes, only a word with Latin letters in it is a disguise.
    pattern = _MIXED if home in _ALPHABETS else WORD
    edited.replace(pattern, lambda match: _unmixed(match.group(), home))


def _home(text: str) -> str:
    """Return the script that most letters of a text belong to beyond doubt, "" where there are none."""
    latin = table().latin
    votes: Counter[str] = Counter()
    for character, count in Counter(text).items():
        script = script_of(character)
        if script and character not in latin:
            votes[script] += count
    return votes.most_common(1)[0][0] if votes else ""


def _unmixed(word: str, home: str) -> str:
    """Return a word in one script, with as many characters as before."""
    if word.isascii():
        return word
    latin, same, back = table()
    if not _ASCII.search(word):
        # A word all of look-alikes is foreign only among Latin words.
        foreign = home != "LATIN" and any(script_of(letter) in _ALPHABETS for letter in word)
        if foreign or (home and home in {script_of(letter) for letter in word} - {"LATIN"}):
            return word
        # A Greek letter alone is a sign of science: γ rays.
        kept = any(letter not in same for letter in word) or (len(word) == 1 and script_of(word) == "GREEK")
        return word if kept else _translated(word, latin)
    if home in _ALPHABETS and _BORROWED.fullmatch(word):
        return word
    others = [letter for letter in word if letter in latin]
    strangers = {script_of(letter) for letter in word} - {"LATIN", ""}
    sure = sum(1 for letter in word if letter not in latin and script_of(letter) not in {"LATIN", ""})
    if len(strangers) == 1 and others:
        reverse = back.get(next(iter(strangers)), {})
        own = [letter for letter in word if script_of(letter) == "LATIN"]
        if all(letter in reverse for letter in own) and (sure or home in strangers):
            return _translated(word, reverse)
    return word if sure and sure >= len(others) else _translated(word, latin)


def _translated(word: str, letters: dict[str, str]) -> str:
    return "".join(letters.get(letter, letter) for letter in word)
