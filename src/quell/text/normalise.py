"""A text as a reader sees it: tricks undone that people do not see and machines stumble over."""

from array import array
from dataclasses import dataclass

from quell.text.characters import visible
from quell.text.disguises import plain_words
from quell.text.edits import Edited

_JOINERS = {0x200C: None, 0x200D: None}
_PASSES = 3  # undoing one disguise can bring another to light


@dataclass(frozen=True, slots=True)
class Normalised:
    """The readable text, and where its characters lie in the original.

    `offsets[i]` is the place in the original of `text[i]`; one more, the last, is the original's length.
    """

    text: str
    offsets: "array[int]"

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where the code points from `start` to `end` of the text lie in the original."""
        if start >= end:
            return self.offsets[start], self.offsets[start]
        first = self.offsets[start]
        # Characters that became nothing belong to the one before them.
        return first, max(self.offsets[end], first + 1)


def normalise(text: str) -> Normalised:
    """Return the text with tricks undone, case kept. Never raises; linear in the length of the text."""
    edited = Edited(text)
    for _ in range(_PASSES):
        before = edited.text
        visible(edited)
        plain_words(edited)
        if edited.text == before:
            break
    return Normalised(edited.text, edited.offsets)


def literal_key(text: str) -> str:
    """Return the words of a normalised text for literal match: case folded, one space between."""
    folded = text.casefold().translate(_JOINERS)
    kept = "".join(character if character.isalnum() or _is_mark(character) else " " for character in folded)
    return " ".join(kept.split())


def _is_mark(character: str) -> bool:
    # Vowel signs of Indic scripts and points of Hebrew and Arabic are neither letters nor digits.
    return character > "\u02ff" and character.isidentifier() is False and ("a" + character).isidentifier()
