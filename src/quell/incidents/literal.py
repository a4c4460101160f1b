"""Literal match: a text contains a sample word for word, once both are normalised."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from sys import getsizeof

from quell.incidents.reading import Reading
from quell.text.normalise import literal_key
from quell.text.scripts import is_unspaced


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

    @property
    def nbytes(self) -> int:
        """The memory of the keys and of the tables to find them, in bytes; the ids are their owner's."""
        words = self._by_first_word
        tables = (self.patterns, words, self._anywhere, *words.keys(), *words.values())
        return sum(map(getsizeof, tables)) + sum(map(getsizeof, self.patterns.values()))

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
    text = reading.normalised.text
    words = pattern.strip()
    # One blank stands before the key in `literal`, and may stand before the words in the pattern.
    start = reading.literal.find(pattern) + pattern.startswith(" ") - 1

    def key_length(end: int) -> int:
        return len(literal_key(text[:end]))

    # Keys of longer and longer beginnings of the text are longer and longer beginnings of its key.
    ends = range(len(text) + 1)
    first = bisect_right(ends, start, key=key_length) - 1
    last = bisect_left(ends, start + len(words), key=key_length)
    return reading.normalised.span(first, min(last, len(text)))


def _pattern(key: str) -> str:
    """Return a key with the blanks that must stand beside it."""
    return f"{_edge(key[0])}{key}{_edge(key[-1])}"


def _edge(character: str) -> str:
    return "" if is_unspaced(character) else " "
