"""Literal match: a text contains a sample word for word, as both were sent or once both are normalised.

Normalisation looks at what stands around a word: among more digits in place of letters, or initials, a sample
reads otherwise than alone. What is there as it was sent is a literal match all the same.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from sys import getsizeof

from quell.incidents.reading import Reading
from quell.text.normalise import literal_key, plain_key
from quell.text.scripts import is_unspaced

_WIDER = 32
"""By so many characters more, then twice as many, a stretch grows until it holds what matched."""


class _Patterns:
    """Keys by sample id, found by their first word.

    Thousands of keys are asked in the time it takes to look up the words of the text.
    """

    def __init__(self, keys: Mapping[str, str]) -> None:
        self.by_id = {sample_id: _pattern(key) for sample_id, key in keys.items() if key}
        self._by_first_word: dict[str, list[str]] = {}
        self._anywhere: list[str] = []
        for sample_id, pattern in self.by_id.items():
            # A first word with blanks on both sides is found whole among the words of the text.
            if pattern.startswith(" ") and " " in pattern[1:]:
                self._by_first_word.setdefault(pattern.split()[0], []).append(sample_id)
            else:
                self._anywhere.append(sample_id)

    @property
    def nbytes(self) -> int:
        words = self._by_first_word
        tables = (self.by_id, words, self._anywhere, *words.keys(), *words.values())
        return sum(map(getsizeof, tables)) + sum(map(getsizeof, self.by_id.values()))

    def find(self, text: str, words: frozenset[str]) -> str | None:
        for word in self._by_first_word.keys() & words:
            for sample_id in self._by_first_word[word]:
                if self.by_id[sample_id] in text:
                    return sample_id
        for sample_id in self._anywhere:
            if self.by_id[sample_id] in text:
                return sample_id
        return None


class LiteralIndex:
    """The samples of an incident: `keys` normalised and `texts` as sent, both by sample id."""

    def __init__(self, keys: Mapping[str, str], texts: Mapping[str, str]) -> None:
        self._read = _Patterns(keys)
        self._sent = _Patterns(
            {name: key for name, text in texts.items() if (key := plain_key(text)) != keys.get(name)}
        )

    @property
    def nbytes(self) -> int:
        """The memory of the keys and of the tables to find them, in bytes; the ids are their owner's."""
        return self._read.nbytes + self._sent.nbytes

    def find(self, reading: Reading) -> str | None:
        """Return the id of a sample that the text contains, or None."""
        found = self._read.find(reading.literal, reading.words)
        if found is None and reading.plain != reading.literal:
            found = self._read.find(reading.plain, reading.plain_words)
        return self._sent.find(reading.plain, reading.plain_words) if found is None else found

    def span(self, reading: Reading, sample_id: str) -> tuple[int, int]:
        """Return where a sample that was found lies in the text as it was sent."""
        for patterns in (self._sent, self._read):
            pattern = patterns.by_id.get(sample_id)
            if pattern is not None and pattern in reading.plain:
                return _stretch(reading.text, plain_key, reading.plain, pattern)
        text = reading.normalised.text
        return reading.normalised.span(
            *_stretch(text, literal_key, reading.literal, self._read.by_id[sample_id])
        )


def _stretch(text: str, key_of: Callable[[str], str], key: str, pattern: str) -> tuple[int, int]:
    """Return where a pattern that the text's key contains lies in the text."""
    words = pattern.strip()
    # One blank stands before the key, and may stand before the words in the pattern.
    start = key.find(pattern) + pattern.startswith(" ") - 1

    def key_length(end: int) -> int:
        return len(key_of(text[:end]))

    # Keys of longer and longer beginnings of the text are nearly always longer and longer.
    ends = range(len(text) + 1)
    first = max(0, bisect_right(ends, start, key=key_length) - 1)
    last = min(len(text), bisect_left(ends, start + len(words), key=key_length))
    wider = _WIDER
    while words not in key_of(text[first:last]) and (first > 0 or last < len(text)):
        first, last, wider = max(0, first - wider), min(len(text), last + wider), 2 * wider
    return first, last


def _pattern(key: str) -> str:
    """Return a key with the blanks that must stand beside it."""
    return f"{_edge(key[0])}{key}{_edge(key[-1])}"


def _edge(character: str) -> str:
    return "" if is_unspaced(character) else " "
