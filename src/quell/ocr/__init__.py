"""Text in pictures: where it stands, what it says, in the order a person reads it."""

from quell.ocr.domain import SCRIPTS, ReadingLimits, TextLine
from quell.ocr.joining import joined
from quell.ocr.reader import TextInPictures

__all__ = ["SCRIPTS", "ReadingLimits", "TextInPictures", "TextLine", "joined"]
