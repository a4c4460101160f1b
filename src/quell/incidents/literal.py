"""Literal match: a text contains a sample word for word, once both are normalised."""

from collections.abc import Mapping
from functools import lru_cache

from quell.incidents.reading import Reading
from quell.text.normalise import literal_key

_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x9FFF),  # Chinese characters and Japanese kana
    (0xAC00, 0xD7AF),  # Hangul, which glues particles to its words
    (0xF900, 0xFAFF),  # Chinese compatibility characters
    (0x20000, 0x3FFFF),  # rare Chinese characters
)
"""Scripts in which a word is not surrounded by blanks."""


class LiteralIndex:
    """The literal keys of an incident's samples, by sample id, found by their first word.

    Thousands of keys are asked in the time it takes to look up the words of the text.
    """

    def __init__(self, keys: Mapping[str, str]) -> None:
        self.patterns = {sample_id: _pattern(key) for sample_id, key in keys.items() if key}
        self._by_first_word: dict[str, list[str]] = {}
        self._anywhere: list[str] = []
        for sample_id, pattern in self.patterns.items():
            # A first word with blanks on both sides is found whole among the words of the text.
            if pattern.startswith(" ") and " " in pattern[1:]:
                self._by_first_word.setdefault(pattern.split()[0], []).append(sample_id)
            else:
                self._anywhere.append(sample_id)

    def find(self, reading: Reading) -> str | None:
        """Return the id of a sample that the text contains, or None."""
        for word in self._by_first_word.keys() & reading.words:
            for sample_id in self._by_first_word[word]:
                if self.patterns[sample_id] in reading.literal:
                    return sample_id
        for sample_id in self._anywhere:
            if self.patterns[sample_id] in reading.literal:
                return sample_id
        return None


def literal_span(reading: Reading, pattern: str) -> tuple[int, int]:
    """Return where a pattern that the text contains lies in the text as it was sent."""
    characters = [" "]
    places = [0]
    for place, character in enumerate(reading.normalised.text):
        for kept in _kept(character):
            if kept != " " or characters[-1] != " ":
                characters.append(kept)
                places.append(place)
    found = f"{''.join(characters)} ".find(pattern)
    if found < 0:  # a key is more than the sum of its characters: name the whole text
        return 0, len(reading.text)
    first = found + pattern.startswith(" ")
    last = found + len(pattern.rstrip()) - 1
    return reading.normalised.span(places[first], places[last] + 1)


def _pattern(key: str) -> str:
    """Return a key with the blanks that must stand beside it."""
    return f"{_edge(key[0])}{key}{_edge(key[-1])}"


@lru_cache(maxsize=4096)
def _kept(character: str) -> str:
    """Return what a key keeps of a character: letters and digits, a blank, or nothing at all."""
    return literal_key(f"a{character}b")[1:-1]


def _edge(character: str) -> str:
    unspaced = any(first <= ord(character) <= last for first, last in _UNSPACED)
    return "" if unspaced else " "
