"""Slips of the keyboard: words that no list holds and that one letter, or one blank, parts from a common one.

The list, in order of frequency, is what the English part of the harm model's training text uses in several
sources, and the common words of `lexicon`; `training/harms/frequent.py` counts them. It holds a checksum of
each word, because many are not for reading.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from zlib import crc32

import numpy as np

from quell.text.disguises import Rule
from quell.text.edits import Edited
from quell.text.lexicon import is_word

MOST = 400
"""So many unknown words of a text are looked at."""


@dataclass(frozen=True, slots=True)
class Mended:
    """A text with slips undone, and how many there were."""

    text: str
    slips: int


_WORDS = re.compile(r"(?<![^\W_])[A-Za-z]{1,16}(?:['’][A-Za-z]{1,3})?(?![^\W_])")
_PAIR = re.compile(r"(?<![^\W_])([A-Za-z]{1,16}) ([A-Za-z]{1,16})(?![^\W_])")
_LEET = re.compile(
    r"(?<![^\W_])(?=[0134578]*[A-Za-z])(?=[A-Za-z]*(?:['’][A-Za-z]*)?[0134578])"
    r"([A-Za-z0134578]{1,16})(?:['’][A-Za-z0134578]{1,3})?(?![^\W_])"
)
_AS_I = str.maketrans("0134578", "oieastb")
_AS_L = str.maketrans("0134578", "oleastb")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ENDS = ("", ".", "!", "?", ":", "\n")
_SHARE = 0.4  # of the words must be English: other languages are full of words that are not in the list
_SHORTEST = 3
_TWO = frozenset(
    [
        "am",
        "an",
        "as",
        "at",
        "be",
        "by",
        "do",
        "go",
        "he",
        "if",
        "in",
        "is",
        "it",
        "me",
        "my",
        "no",
        "of",
        "on",
        "or",
        "so",
        "to",
        "up",
        "us",
        "we",
    ]
)
_UNLISTED = 1 << 30
_PARTS_WITHIN = 2500  # a lost blank is believed between words at least this frequent
_UNUSUAL = 8  # another letter, or one too many that doubles none, is that much rarer than other slips


@cache
def _ranks() -> dict[int, int]:
    packed = files("quell.text").joinpath("tables/frequent.crc").read_bytes()
    return {int(number): rank for rank, number in enumerate(np.frombuffer(packed, "<u4"))}


def _rank(word: str) -> int:
    """Return how many words are more frequent; `_UNLISTED` for those that are not in the list."""
    return _ranks().get(crc32(word.encode()), _UNLISTED)


def without_slips(text: str) -> Mended | None:
    """Return the text with slips undone, or None where there are none; linear, `MOST` words at most."""
    edited = Edited(text)
    leet = sum(1 for _ in _LEET.finditer(text))
    changed = [0]
    if leet:
        _edit(edited, _LEET, lambda match: _lettered(match, alone=leet == 1), changed)
    found = [word for match in _WORDS.finditer(edited.text) if len(word := match.group()) > 1]
    unknown = sum(not _is_known(word) for word in found)
    if unknown and len(found) - unknown >= _SHARE * len(found):
        _edit(edited, _PAIR, _parted, changed)
        _edit(edited, _WORDS, _mender(), changed)
    return Mended(edited.text, changed[0]) if changed[0] else None


def _edit(edited: Edited, pattern: re.Pattern[str], rule: Rule, changed: list[int]) -> None:
    def counted(match: re.Match[str]) -> str:
        new = rule(match)
        changed[0] += new != match.group()
        return new

    edited.replace(pattern, counted)


def _mender() -> Rule:
    left = MOST

    def mended(match: re.Match[str]) -> str:
        nonlocal left
        word = match.group()
        if left <= 0 or _is_known(word) or _is_name(match):
            return word
        left -= 1
        return _cased(word, _nearest(word.lower()) or word)

    return mended


def _lettered(match: re.Match[str], *, alone: bool) -> str:
    """Put letters for digits where that makes a word; a short one that stands alone is a number or a code."""
    token, body = match.group(), match.group(1)
    if alone and len(body) < 4:
        return token
    for letters in (_AS_I, _AS_L):
        word = body.translate(letters).lower()
        if len(token) > len(body) or _rank(word) < _UNLISTED or is_word(word):
            return _cased(body, token.translate(letters).lower())
    return token


def _is_known(word: str) -> bool:
    plain = word.lower()
    return (
        len(plain) < 2
        or plain in _TWO
        or "'" in plain
        or "’" in plain
        or _rank(plain) < _UNLISTED
        or is_word(plain)
    )


def _is_name(match: re.Match[str]) -> bool:
    """Whether a word has a capital only at its start, though no sentence starts there."""
    word, before = match.group(), match.string[max(0, match.start() - 3) : match.start()].rstrip(" \"'(")
    return word[0].isupper() and word[1:].islower() and before[-1:] not in _ENDS


def _parted(match: re.Match[str]) -> str:
    """Move the blank by one letter where that makes two known words of two that are not."""
    left, right = match.group(1), match.group(2)
    if _is_known(left) and _is_known(right):
        return match.group()
    for one, two in ((left + right[0], right[1:]), (left[:-1], left[-1] + right)):
        if min(len(one), len(two)) > 1 and max(_rank(one.lower()), _rank(two.lower())) < _UNLISTED:
            return f"{one} {two}"
    return match.group()


def _nearest(word: str) -> str:
    """Return the most frequent word at one slip, or two words run together; "" where there is none."""
    if len(word) < _SHORTEST:
        return ""
    known = [(rank * factor, near) for near, factor in _near(word) if (rank := _rank(near)) < _UNLISTED]
    if known:
        return min(known)[1]
    for at in range(1, len(word)):
        one, two = word[:at], word[at:]
        if max(_rank(one), _rank(two)) < _PARTS_WITHIN:
            return f"{one} {two}"
    return ""


def _near(word: str) -> Iterator[tuple[str, int]]:
    """Yield what was meant if a letter was doubled, swapped, left out, wrong or too many, and how rare."""
    for at in range(len(word)):
        before, after = word[:at], word[at:]
        if len(word) > _SHORTEST:
            yield before + after[1:], 1 if after[:1] == before[-1:] else _UNUSUAL
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:], 1
        for letter in _LETTERS:
            yield before + letter + after, 1
            yield before + letter + after[1:], _UNUSUAL
    yield from ((word + letter, 1) for letter in _LETTERS)


def _cased(word: str, new: str) -> str:
    if word.isupper():
        return new.upper()
    return new[0].upper() + new[1:] if word[0].isupper() else new
