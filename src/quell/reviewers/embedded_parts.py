"""Cuts a short text into the few parts that can be left out to see which one carried a verdict."""

import re
from itertools import pairwise

from quell.encoders.base import Window

MOST_PARTS = 3
"""Parts of a text; each costs one more reading of it."""

_END = re.compile(r"[.!?;:,]+(?=\s)|[。！？；，、]+|\n+|\s[-–—]+(?=\s)|\s(?=(?:and|but|or|because|so)\s)")
_SHORTEST = 8


def parts(text: str, most: int = MOST_PARTS) -> list[Window]:
    """Return spans that together cover the text, cut after clauses; one span if there is nothing to cut."""
    cuts = [0]
    for found in _END.finditer(text):
        if found.end() - cuts[-1] >= _SHORTEST and len(text) - found.end() >= _SHORTEST:
            cuts.append(found.end())
    ends = [*cuts[1:], len(text)]
    return _merged(list(map(Window, cuts, ends)), most)


def without(text: str, part: Window) -> str:
    """Return the text without one part."""
    return f"{text[: part.start].rstrip()} {text[part.end :].lstrip()}".strip()


def _merged(spans: list[Window], most: int) -> list[Window]:
    """Join the shortest neighbours until no more than `most` spans are left."""
    while len(spans) > most:
        sizes = [later.end - first.start for first, later in pairwise(spans)]
        at = sizes.index(min(sizes))
        spans[at : at + 2] = [Window(spans[at].start, spans[at + 1].end)]
    return spans
