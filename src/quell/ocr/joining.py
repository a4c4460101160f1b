"""Makes one text of the lines that were read, for whatever judges texts."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from quell.ocr.domain import TextLine
from quell.text.capitals import in_capitals

_SOLID = r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]"
_SOLID_SEAM = re.compile(rf"({_SOLID}) (?={_SOLID})")


def joined(lines: Iterable[TextLine], most: int = 1000) -> str:
    """Join lines in reading order, at most so many code points; a frame starts a new line.

    Scripts without blanks are joined without. A text in capitals, as captions are set, is given in small
    letters, because texts are judged as people type them.
    """
    frames = (" ".join(line.text for line in frame) for _, frame in groupby(lines, lambda line: line.frame))
    text = "\n".join(_SOLID_SEAM.sub(r"\1", frame) for frame in frames)[:most]
    return _calmed(text)


def _calmed(text: str) -> str:
    return text.lower() if in_capitals(text) else text


def same_words(text: str) -> str:
    """Give what two readings of the same words have in common: letters and digits, in small letters."""
    return "".join(_letters(text))


def _letters(text: str) -> Iterator[str]:
    return (letter for letter in text.casefold() if letter.isalnum())
