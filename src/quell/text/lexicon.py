"""Common English words: they tell a disguised word from a product code.

The list is the whole words of BERT's English vocabulary (Apache-2.0) and a few that scams live on;
a word list in a package of its own would be fifty megabytes.
"""

import re
from functools import cache
from importlib.resources import files

_SHORT = frozenset(
    re.findall("[a-z]+", "a i am an as at be by do go he if in is it me my no of on or so to up us we")
)
_ENDINGS = ("s", "es", "d", "ed", "ing", "er", "ers", "y")


@cache
def _words() -> frozenset[str]:
    listed = files("quell.text").joinpath("tables/words.txt").read_text("ascii")
    return frozenset(line for line in listed.splitlines() if not line.startswith("#"))


@cache
def _vocabulary() -> frozenset[str]:
    return _words() | _SHORT


def is_word(letters: str) -> bool:
    """Whether letters, in any case, are a common English word of at least three letters or a form of one."""
    if not 3 <= len(letters) <= 24:
        return False
    word = letters.lower()
    words = _words()
    return word in words or any(
        len(word) - len(ending) >= 4 and word.endswith(ending) and word[: -len(ending)] in words
        for ending in _ENDINGS
    )


def split_words(letters: str) -> list[str] | None:
    """Return the fewest common words that spell the letters, or None; linear in their number."""
    words = _vocabulary()
    text = letters.lower()
    best: list[tuple[int, int] | None] = [(0, 0)] + [None] * len(text)
    for end in range(1, len(text) + 1):
        for start in range(max(0, end - 16), end):
            before = best[start]
            if before is None or (word := text[start:end]) not in words:
                continue
            count = before[0] + (1 if len(word) > 2 else 2)
            found = best[end]
            if found is None or count < found[0]:
                best[end] = (count, start)
    parts: list[str] = []
    end = len(text)
    while end > 0:
        step = best[end]
        if step is None:
            return None
        parts.append(letters[step[1] : end])
        end = step[1]
    return parts[::-1]


def is_known(word: str) -> bool:
    """Whether a word in small letters is in the list, or one of the shortest English words."""
    return word in _vocabulary()
