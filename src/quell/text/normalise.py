"""A text as a reader sees it: tricks undone that people do not see and machines stumble over."""

import re
import unicodedata
from array import array
from dataclasses import dataclass

from quell.text.characters import visible
from quell.text.confusables import one_script
from quell.text.disguises import plain_words
from quell.text.edits import Edited

_ROUNDS = 6  # undoing one disguise can bring another to light; two rounds settle nearly every text
_WORD_SIGN = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Normalised:
    """The readable text, and where its characters lie in the original.

    `offsets[i]` is the place in the original of `text[i]`; one more, the last, is the original's length.
    """

    text: str
    offsets: "array[int]"

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where the code points from `start` to `end` of the text lie in the original."""
        first, last = self.offsets[start], self.offsets[end]
        following = end
        # Characters that one character became share its place.
        while end > start and last == first:
            following += 1
            last = self.offsets[following]
        return first, last


def normalise(text: str) -> Normalised:
    """Return the text with tricks undone, case kept, at most four times as long. Never raises; linear."""
    edited = Edited(text)
    for _ in range(_ROUNDS):
        before = edited.text
        visible(edited)
        if not edited.text.isascii():
            one_script(edited)
        plain_words(edited)
        if edited.text == before:
            break
    return Normalised(edited.text, edited.offsets)


def literal_key(text: str) -> str:
    """Return the words of a text for literal match: normalised, case folded, single-spaced; idempotent."""
    key = text
    for _ in range(_ROUNDS):
        # Words that punctuation parted can, side by side, be a disguise that was hidden so far.
        before, key = key, plain_key(normalise(key).text)
        if key == before:
            break
    return key


def plain_key(text: str) -> str:
    """Return the words of a text as it is: case folded, single-spaced, no trick undone."""
    # Turkish writes İ and ı, and people type i for both.
    folded = unicodedata.normalize("NFKC", text.casefold()).replace("i\u0307", "i").replace("ı", "i")
    if folded.isascii():
        return " ".join(_WORD_SIGN.findall(folded))
    return " ".join("".join(map(_key_sign, folded)).split())


def _key_sign(character: str) -> str:
    """Return a letter or digit, nothing for what only changes a letter's look, a space for the rest."""
    if character.isalnum():
        return character
    if unicodedata.category(character)[0] == "M":
        # Vowel signs from India eastwards are half of the word; points and accents that stand alone are not.
        return character if character >= "\u0900" else ""
    return "" if character in "\u200c\u200d" else " "
