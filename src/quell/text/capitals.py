"""Text in capitals, or with one at each word: models that learned from sentences read it worse."""

import re

_SHOUTED = 0.7
"""The share of the letters with case that are capitals, from which a text is in capitals."""
_TITLED = 0.8
"""The share of the words that begin with a capital, from which Each Word Does."""
_FEWEST_WORDS = 4
_WORDS = re.compile(r"[^\W\d_]{2,}")


def in_capitals(text: str) -> bool:
    """Whether most letters are capitals; never in a script without them."""
    cased = sum(1 for letter in text if letter.isupper() or letter.islower())
    capitals = sum(1 for letter in text if letter.isupper())
    return capitals > 0 and capitals >= _SHOUTED * cased


def in_small_letters(text: str) -> str:
    """Give a text in capitals, or with one at each word, in small letters, each letter where it was."""
    if not in_capitals(text) and not _titled(text):
        return text
    # A few capitals have a small form of two characters; they stay, so that places in the text do.
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)


def _titled(text: str) -> bool:
    words = _WORDS.findall(text)
    begun = sum(word[0].isupper() for word in words)
    return len(words) >= _FEWEST_WORDS and begun >= _TITLED * len(words)
