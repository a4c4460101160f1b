"""Single characters: what nobody sees goes, what is a variant of another becomes it (NFKC, with limits)."""

import re
import unicodedata
from functools import lru_cache

from quell.text.edits import Edited

MARKS_KEPT = 3
"""Combining marks that a European letter may carry; floods have dozens."""

_MARKS_KEPT_ELSEWHERE = 6  # Tibetan and Burmese stack that many
_MARKS_READ = 32  # canonical ordering is quadratic in the length of a run of marks

_BLANKS = "\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029\u2800"
_HIDDEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")
_SEEN_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u08e2\u200c\u200d\U000110bd\U000110cd")
_ENCLOSED = {
    **{0x249C + number: chr(97 + number) for number in range(26)},
    **{first + number: chr(65 + number) for first in (0x1F110, 0x1F150, 0x1F170) for number in range(26)},
}
_KEPT = frozenset("™℠\u00b2\u00b3\u00b9\u0e33\u0eb3") | {chr(point) for point in range(0x3131, 0x318F)}
"""Characters that read worse in NFKC: `Quell™` is not `QuellTM`, `m²` is not `m2`, `ㅋㅋ` is not two jamo."""


def _mark_class() -> str:
    """Return the marks of the basic plane, and the jamo that compose, as ranges of a character class."""
    # Beyond the basic plane the regular expressions of Python test range after range.
    marks = [
        point
        for point in range(0x300, 0x10000)
        if unicodedata.category(chr(point))[0] == "M" or 0x1161 <= point <= 0x11FF
    ]
    return "".join(map(chr, marks))


_MARK = _mark_class()
_ANY_MARK = re.compile(f"[{_MARK}]")
_CLUSTER = re.compile(f"[^{_MARK}]?[{_MARK}]+")
_FLOOD = re.compile("[\u0300-\u036f]{4}|[\u0334-\u0338]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_JOINERS = re.compile("[\u200c\u200d]+")
_JOINED_SCRIPTS = ((0x620, 0x8FF), (0x900, 0xDFF), (0xF00, 0x109F), (0x1780, 0x18AF), (0x11000, 0x11FFF))
_EUROPEAN_MARKS = frozenset(
    "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u0309\u030a\u030b\u030c\u030f\u0311\u0313\u0314\u031b\u0323"
    "\u0324\u0325\u0326\u0327\u0328\u032d\u032e\u0330\u0331\u0342\u0345"
)
"""Marks of living European, African and Vietnamese orthographies; strokes through letters are not of them."""

_INDICATORS = re.compile("[\U0001f1e6-\U0001f1ff]+")
_REGIONS_BY_LETTER = (
    "ACDEFGILMOQRSTUWXZ BABDEFGHIJLMNOQRSTVWYZ CACDFGHIKLMNORUVWXYZ DEJKMOZ ECEGHRSTU FIJKMOR "
    "GABDEFGHILMNPQRSTUWY HKMNRTU ICDELMNOQRST JEMOP KEGHIMNPRWYZ LABCIKRSTUVY MACDEFGHKLMNOPQRSTUVWXYZ "
    "NACEFGILOPRUZ OM PAEFGHKLMNRSTWY QA REOSUW SABCDEGHIJKLMNORSTVXYZ TACDFGHJKLMNORTVWZ UAGMNSYZ "
    "VACEGINU WFS XK YET ZAMW"
)
_REGIONS = frozenset(row[0] + second for row in _REGIONS_BY_LETTER.split() for second in row[1:])
"""Pairs of regional indicators that make a flag."""


def visible(edited: Edited) -> None:
    """Drop what nobody sees, make odd blanks spaces, and give each letter its plain form."""
    if edited.text.isascii() and not _CONTROL.search(edited.text):
        return
    changed = {c: new for c in set(edited.text) if (new := _folded(c)) != c}
    if changed:
        edited.substitute(changed)
    if edited.text.isascii():
        return
    edited.replace(_JOINERS, _joiner)
    edited.replace(_INDICATORS, _flags)
    if _ANY_MARK.search(edited.text):
        flooded = len(_FLOOD.findall(edited.text)) > 1
        edited.replace(_CLUSTER, lambda match: _cluster(match.group(), flooded))


@lru_cache(maxsize=8192)
def _folded(character: str) -> str:
    """Return what one character reads as: at most four characters, none for what is invisible."""
    category = unicodedata.category(character)
    if character in _KEPT or character in "\t\n\r":
        return character
    if category == "Zs" or character in _BLANKS:
        return " "
    if category == "Cs":
        return "\ufffd"
    point = ord(character)
    if character in _HIDDEN or 0xFE00 <= point <= 0xFE0F or 0xE0000 <= point <= 0xE0FFF:
        return ""
    if category in {"Cc", "Cf"}:
        return character if character in _SEEN_FORMATS else ""
    return _ENCLOSED.get(point) or _compatible(character)


def _compatible(character: str) -> str:
    """Return NFKC of a character; itself where that is long, a fraction, or a blank with a mark on it."""
    plain = unicodedata.normalize("NFKC", character)
    return character if len(plain) > 4 or plain[0] == " " or "\u2044" in plain else plain


def _joiner(match: re.Match[str]) -> str:
    """Keep one joiner between letters of a script that needs it; it also glues emoji, which part unharmed."""
    start, end = match.span()
    text = match.string
    inside = start > 0 and end < len(text)
    return match.group()[0] if inside and _joins(text[start - 1]) and _joins(text[end]) else ""


def _joins(letter: str) -> bool:
    return any(first <= ord(letter) <= last for first, last in _JOINED_SCRIPTS)


def _flags(match: re.Match[str]) -> str:
    """Keep flags; other runs of regional indicators are letters."""
    letters = "".join(chr(ord(sign) - 0x1F1E6 + 65) for sign in match.group())
    pairs = [letters[start : start + 2] for start in range(0, len(letters), 2)]
    return match.group() if all(pair in _REGIONS for pair in pairs) else letters


@lru_cache(maxsize=2048)
def _cluster(cluster: str, flooded: bool) -> str:
    """Return a letter with the marks that its script can put on it; in a flood, a European letter alone."""
    if len(cluster) > 2:
        cluster = cluster[: 1 + _MARKS_READ]
    composed = unicodedata.normalize("NFC", cluster)
    european = ord(cluster[0]) < 0x590 or 0x1E00 <= ord(cluster[0]) <= 0x27FF
    if len(composed) == 1 and not (flooded and european):
        return composed
    if any("\u1100" <= sign <= "\u11ff" for sign in cluster):
        return composed  # jamo without a syllable
    parts = unicodedata.normalize("NFD", cluster)
    base, marks = parts[0], parts[1:]
    if european:
        # A flood is no spelling: nothing in it tells which mark was meant.
        flood = flooded or len(marks) > MARKS_KEPT
        marks = "" if flood else "".join(filter(_is_spelling, marks))
    else:
        marks = marks[:_MARKS_KEPT_ELSEWHERE]
    return unicodedata.normalize("NFC", base + marks)


def _is_spelling(mark: str) -> bool:
    """Whether some orthography puts a mark on letters: vowel signs of India and beyond are among them."""
    return mark in _EUROPEAN_MARKS or "\u0900" <= mark < "\u1ab0"
