"""Slips of the keyboard: words that no list holds and that one letter, or one blank, parts from a common one.

The list, in order of frequency, is what the English part of the harm model's training text uses in several
sources, and the common words of `lexicon`; `training/harms/frequent.py` counts them. It holds a checksum of
each word, because many are not for reading.
"""

import re
from collections.abc import Iterable, Iterator
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
_LONG, _TWICE_WITHIN, _MOST_TWICE = 7, 12_000, 6  # two slips are looked for in so long words, and so many
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
    left, longer = MOST, _MOST_TWICE

    def mended(match: re.Match[str]) -> str:
        nonlocal left, longer
        word = match.group()
        if left <= 0 or _is_known(word) or _is_name(match):
            return word
        left -= 1
        found = _nearest(word.lower())
        if not found and longer > 0 and len(word) >= _LONG:
            longer -= 1  # found or not: it is thousands of words to look up
            found = _nearest_twice(word.lower())
        return _cased(word, found or word)

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
    """Return the likeliest word at one slip, or two run together; "" where there is none."""
    if len(word) < _SHORTEST:
        return ""
    known = _known_of(_near(word))
    rank, parts = _run_together(word)
    # A blank is lost as easily as a letter: the more frequent is the likelier.
    if rank < _PARTS_WITHIN and (not known or (" " in parts[2:-2] and rank < min(known)[0])):
        return parts
    return min(known)[1] if known else ""


def _nearest_twice(word: str) -> str:
    """Return the likeliest word at two slips, a common one; "" where there is none."""
    return min((one for one in _known_of(_twice(word)) if one[0] < _TWICE_WITHIN), default=(0, ""))[1]


def _known_of(words: Iterable[tuple[str, int]]) -> list[tuple[int, str]]:
    return [(rank * factor, near) for near, factor in words if (rank := _rank(near)) < _UNLISTED]


def _run_together(word: str) -> tuple[int, str]:
    """Return the likeliest two words that lost the blank between them, and the rank of the rarer one."""
    parts = [(word[:at], word[at:]) for at in range(1, len(word))]
    return min((max(0 if part in _TWO else _rank(part) for part in pair), " ".join(pair)) for pair in parts)


def _twice(word: str) -> Iterator[tuple[str, int]]:
    """Yield the same for a word in which letters were swapped or doubled as well."""
    for at in range(len(word) - 1):
        first, second = word[at], word[at + 1]
        swapped = "" if first == second else second + first
        yield from _near(word[:at] + (swapped or first) + word[at + 2 :])


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
