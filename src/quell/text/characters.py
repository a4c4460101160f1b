"""Single characters: what is invisible goes, what is a variant of another becomes it."""

import re
import unicodedata
from collections.abc import Iterator

from quell.text.edits import Edited

MARKS_KEPT = 3
"""Combining marks that a letter may carry: real orthographies need three, floods have dozens."""

_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | {
    chr(point) for point in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
}
_JOINERS = "\u200c\u200d"
_JAMO = re.compile("[\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb]+")
# Invisible characters go first: these between a letter and its marks would part them.
_PLAIN = re.compile(
    r"[ -~\n\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017e\u0400-\u045f\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff]+"
)


def visible(edited: Edited) -> None:
    """Drop what nobody sees, make every blank a space, and give each letter its plain form."""
    if _PLAIN.fullmatch(edited.text) or not edited.text:
        return
    edited.rebuild(_seen(edited.text))
    edited.rebuild(_composed(edited.text))


def _seen(text: str) -> Iterator[tuple[int, str]]:
    for place, character in enumerate(text):
        if " " <= character <= "~" or character == "\n":
            yield place, character
        elif character in _JOINERS:
            if _joins(text, place):
                yield place, character
        elif character in _INVISIBLE:
            continue
        else:
            kept = _kept(character)
            if kept:
                yield place, kept


def _kept(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cs":
        return "\ufffd"
    if category == "Zs" or character in "\t\r\x0b\x0c\x85":
        return " "
    if category in {"Zl", "Zp"}:
        return "\n"
    return "" if category in {"Cf", "Cc"} else character


def _joins(text: str, place: int) -> bool:
    """Whether a joiner stands where a script needs it: between letters of Arabic or an Indic script."""
    if not 0 < place < len(text) - 1:
        return False
    return all(_needs_joiners(ord(text[near])) for near in (place - 1, place + 1))


def _needs_joiners(point: int) -> bool:
    return 0x0600 <= point <= 0x08FF or 0x0900 <= point <= 0x0DFF or 0x1000 <= point <= 0x109F


def _composed(text: str) -> Iterator[tuple[int, str]]:
    """Yield each letter with its marks in NFKC, floods of marks cut."""
    place, length = 0, len(text)
    while place < length:
        end = place + 1
        if text[place] >= "\u0300" or (end < length and text[end] >= "\u0300"):
            end = _cluster_end(text, place)
            yield place, _cluster(text[place:end])
        elif text[place] > "~":
            yield place, unicodedata.normalize("NFKC", text[place])
        else:
            yield place, text[place]
        place = end


def _cluster_end(text: str, start: int) -> int:
    if jamo := _JAMO.match(text, start):
        return jamo.end()
    end = start + 1
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return end


def _cluster(cluster: str) -> str:
    if len(cluster) == 1:
        return unicodedata.normalize("NFKC", cluster)
    composed = unicodedata.normalize("NFKD", cluster[: 4 * MARKS_KEPT + 8])
    kept: list[str] = []
    marks = 0
    for character in composed:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MARKS_KEPT:
            kept.append(character)
    made = unicodedata.normalize("NFKC", "".join(kept))
    if made[0] < "\u0530":  # what no letter of Latin, Greek or Cyrillic takes in is decoration
        return made[0] + "".join(c for c in made[1:] if not unicodedata.combining(c))
    return made
