"""One reader for all tests of text in pictures: opening its networks takes a moment."""

import pytest

from quell.ocr import TextInPictures


@pytest.fixture(scope="session")
def reader() -> TextInPictures:
    """Open a reader with the shipped networks and limits."""
    return TextInPictures()
