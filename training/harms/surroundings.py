"""Puts texts into windows as long texts have them: amid others, from the middle of one to the middle of one.

A window of a long text begins and ends anywhere, and what is harmful in it is a small part. Texts that each
stand alone do not teach that.
"""

import random
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

LONGEST = 96
"""Texts of more tokens stand alone."""
FILLED = 0.7
"""Of these windows so many are full, the others end sooner."""
CUT = 0.08
"""The share of harmless texts of which a piece is read, as the server reads pieces closely."""
PIECE = 40
"""Tokens of such a piece."""
SAME_LANGUAGE = 0.7
"""The share of windows that are filled from texts of one language."""
FEWEST = 8
"""Texts of a language that are drawn together, below which those of all languages are taken."""


class Neighbours:
    """Drawn texts as token ids with a first and a last mark; `calm` (n,) are harmless in every category.

    `amid` (n,): the chance, 0 to 1, that a text is put amid harmless ones.
    """

    def __init__(
        self,
        langs: Sequence[str],
        encoded: list[list[int]],
        calm: NDArray[np.bool_],
        amid: NDArray[np.float64],
    ) -> None:
        self._langs, self._encoded, self._calm, self._amid = langs, encoded, calm, amid
        self._at: dict[str, list[int]] = defaultdict(list)
        for row in np.flatnonzero(calm):
            self._at[langs[row]].append(int(row))
            self._at[""].append(int(row))

    def around(self, rng: random.Random, window: int) -> list[list[int]]:
        """Give each text as it is, or amid others in a window of so many tokens, or a piece of it."""
        return [self._one(rng, row, window) for row in range(len(self._encoded))]

    def _one(self, rng: random.Random, row: int, window: int) -> list[int]:
        whole, roll = self._encoded[row], rng.random()
        first, inner, last = whole[0], whole[1:-1], whole[-1]
        if roll < self._amid[row] and len(inner) <= LONGEST and self._at[""]:
            size = window if rng.random() < FILLED else rng.randint(len(inner), window)
            before = rng.randint(0, size - len(inner))
            after = size - len(inner) - before
            left, right = (self._filled(rng, self._langs[row], count) for count in (before, after))
            return [first, *left[max(0, len(left) - before) :], *inner, *right[:after], last]
        if roll > 1 - CUT and self._calm[row] and len(inner) > PIECE:
            start = rng.randint(0, len(inner) - PIECE)
            return [first, *inner[start : start + PIECE], last]
        return whole

    def _filled(self, rng: random.Random, lang: str, size: int) -> list[int]:
        """Give harmless texts one after the other, of `size` tokens or more where there are so many."""
        own = self._at.get(lang, [])
        pool = own if len(own) >= FEWEST and rng.random() < SAME_LANGUAGE else self._at[""]
        found: list[int] = []
        for row in rng.sample(pool, len(pool)):
            if len(found) >= size:
                break
            found += self._encoded[row][1:-1]
        return found
