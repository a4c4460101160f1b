"""Terms: found word for word, without regard to case, all of them in one pass over a text.

A word boundary is demanded only between two word characters of scripts that put blanks between words:
"art" is not in "start", but 茶 is in 抹茶.
"""

import re
import unicodedata
from collections.abc import Container, Iterator, Sequence
from functools import lru_cache

from ahocorasick_rs import AhoCorasick

from quell.blocklists.domain import Span
from quell.text.scripts import is_unspaced

_BLANKS = "\t\n\r\xa0\u3000"
RUN = re.compile("  +")
_EMPHASIS = 9
"""So many characters beside a place are looked at for underscores that are emphasis."""
# They say how the character before them looks, as keyboards write them behind emoji, and are none themselves.
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


class TermIndex:
    """The terms of one list in one automaton."""

    def __init__(self, terms: Sequence[tuple[int, str]]) -> None:
        """Build the automaton from terms, each with the number of its item."""
        owners: dict[str, list[int]] = {}
        for number, term in terms:
            for key in term_keys(term):
                owners.setdefault(key, []).append(number)
        self._owners = list(owners.values())
        self._automaton = AhoCorasick(list(owners)) if owners else None

    def find(self, folded: str) -> Iterator[tuple[int, int, int]]:
        """Yield the number of an item, start and end for each place in a text that `fold` has made."""
        for key, start, end in self._raw(folded):
            if _bounded(folded, start, end):
                for number in self._owners[key]:
                    yield number, start, end

    def first(self, folded: str, known: Container[int]) -> dict[int, Span]:
        """Return where each item ends first, by its number, without those that are known already."""
        found: dict[int, Span] = {}
        for key, start, end in self._raw(folded):
            for number in self._owners[key]:
                if number not in found and number not in known and _bounded(folded, start, end):
                    found[number] = (start, end)
        return found

    def _raw(self, folded: str) -> list[tuple[int, int, int]]:
        """Return key, start and end of every place, by its end."""
        if self._automaton is None:
            return []
        return self._automaton.find_matches_as_indexes(folded, overlapping=True)


def fold(text: str) -> str:
    """Return a text without differences of case and of blanks, runs of them included."""
    return fold_runs(fold_characters(text))


def fold_runs(characters: str) -> str:
    """Return folded characters with one blank for each run of them."""
    return RUN.sub(" ", characters) if "  " in characters else characters


def fold_characters(text: str) -> str:
    """Do what `fold` does to each character by itself: it becomes one or more."""
    folded = text.replace("İ", "i").casefold()
    for blank in _BLANKS:
        folded = folded.replace(blank, " ")
    return folded


def term_keys(term: str) -> tuple[str, ...]:
    """Return what a term looks like in a text: as it is written, and in plain characters.

    Its own tricks are not undone: an item "k*ll" asks for just that. Where it has a dotless i, the usual one
    counts as well, as capitals do not tell them apart; not the other way round, where it is another word.
    """
    bare = "".join(character for character in term if unicodedata.category(character) != "Cf")
    plain = unicodedata.normalize("NFKC", _SELECTORS.sub("", bare))
    spellings = (term, plain, plain.replace("ı", "i"))
    return tuple(dict.fromkeys(key for spelling in spellings if (key := fold(spelling.strip()))))


def _bounded(folded: str, start: int, end: int) -> bool:
    """Whether no word goes on over the start or the end of a place."""
    comes_in = start and _joined(folded[start - 1]) and _joined(folded[start])
    if comes_in and not _marked(folded[max(0, start - _EMPHASIS) : start][::-1]):
        return False
    goes_on = end < len(folded) and _joined(folded[end]) and _joined(folded[end - 1])
    return not goes_on or _marked(folded[end : end + _EMPHASIS])


def _marked(beside: str) -> bool:
    """Whether what stands beside a place, nearest first, is emphasis as in "_so_" and not part of a word."""
    if not beside.startswith("_"):
        return False
    further = beside.lstrip("_")
    return not further or not _joined(further[0])


@lru_cache(maxsize=8_192)
def _joined(character: str) -> bool:
    """Whether a word of a script with blanks goes on through this character."""
    if _SELECTORS.match(character):
        return False
    # Marks that enclose, as on the keys of a telephone, end a character and no word goes on through them.
    if not (character.isalnum() or character == "_" or unicodedata.category(character) in {"Mn", "Mc"}):
        return False
    return not is_unspaced(character)
