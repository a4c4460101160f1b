"""A text under edit, which remembers where each of its characters came from."""

import re
from array import array
from collections.abc import Callable, Iterable


class Edited:
    """A text and, for each of its characters, the place in the original; one more place for the end."""

    def __init__(self, text: str, offsets: "array[int] | None" = None) -> None:
        self.text = text
        self.offsets = array("I", range(len(text) + 1)) if offsets is None else offsets

    def replace(self, pattern: re.Pattern[str], new: Callable[[re.Match[str]], str | None]) -> None:
        """Replace what `new` returns a string for; None leaves a match as it is.

        Characters that take the place of others come from where the others began.
        """
        pieces: list[str] = []
        offsets = array("I")
        done = 0
        for match in pattern.finditer(self.text):
            text = new(match)
            if text is None or text == match.group():
                continue
            start, end = match.span()
            pieces += [self.text[done:start], text]
            offsets += self.offsets[done:start]
            offsets += self._places(start, end, len(text))
            done = end
        if done or pieces:
            self.text = "".join([*pieces, self.text[done:]])
            self.offsets = offsets + self.offsets[done:]

    def rebuild(self, parts: Iterable[tuple[int, str]]) -> None:
        """Take a new text made of parts, each with the place (in the text so far) that it came from."""
        pieces: list[str] = []
        offsets = array("I")
        for place, part in parts:
            pieces.append(part)
            offsets.extend([self.offsets[place]] * len(part))
        offsets.append(self.offsets[-1])
        self.text, self.offsets = "".join(pieces), offsets

    def _places(self, start: int, end: int, length: int) -> "array[int]":
        if length == end - start:
            return self.offsets[start:end]
        last = max(end - 1, start)
        return array("I", (self.offsets[min(start + number, last)] for number in range(length)))
