"""A text under edit, which remembers where each of its characters came from."""

import re
from array import array
from collections.abc import Callable, Iterable


class Edited:
    """A text and, for each of its characters, the place in the original; one more place for the end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.offsets: array[int] = array("I", range(len(text) + 1))

    def replace(self, pattern: re.Pattern[str], new: Callable[[re.Match[str]], str]) -> None:
        """Put what `new` returns in place of each match; the match itself means no change."""
        pieces: list[str] = []
        offsets: array[int] = array("I")
        done = 0
        for match in pattern.finditer(self.text):
            text = new(match)
            if text == match.group():
                continue
            start, end = match.span()
            pieces += (self.text[done:start], text)
            offsets += self.offsets[done:start]
            offsets += self._places(start, end, text)
            done = end
        if pieces:
            self.text = "".join(pieces) + self.text[done:]
            self.offsets = offsets + self.offsets[done:]

    def substitute(self, table: dict[str, str]) -> None:
        """Put a string, perhaps empty, in place of each character of the table."""
        if all(len(new) == 1 for new in table.values()):
            self.text = self.text.translate({ord(old): new for old, new in table.items()})
            return
        pieces = [table.get(character, character) for character in self.text]
        self.offsets = array("I", _repeated(self.offsets, map(len, pieces)))
        self.text = "".join(pieces)

    def _places(self, start: int, end: int, new: str) -> "array[int]":
        """Return where the characters of `new` come from, which replace those from `start` to `end`."""
        size, length = end - start, len(new)
        if length == size:
            return self.offsets[start:end]
        found = start
        places: array[int] = array("I")
        for character in new:
            found = self.text.find(character, found, end)
            if found < 0:
                break
            places.append(self.offsets[found])
            found += 1
        else:
            return places
        return array("I", (self.offsets[start + number * size // length] for number in range(length)))


def _repeated(offsets: "array[int]", lengths: Iterable[int]) -> Iterable[int]:
    """Yield each place as often as its character has characters now, and the end."""
    for place, length in zip(offsets, lengths, strict=False):
        if length == 1:
            yield place
        else:
            yield from (place,) * length
    yield offsets[-1]
