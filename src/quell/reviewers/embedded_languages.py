"""Moves a text from the middle of its own language to that of its policy's.

Whatever a text says, an encoder of many languages puts it near other texts of its language. A policy in
another language then seems far away, and everything would be the rest.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from quell.text.language import UNKNOWN

FILE = "languages.npz"
NEARLY_ALL = 0.8


@dataclass(frozen=True, slots=True)
class Middles:
    """The middle of ordinary text (dim,) in each of some languages, by ISO 639 code."""

    by_language: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Load what ships for an encoder; nothing for an encoder of one language."""
        if not path.exists():
            return cls()
        with np.load(path, allow_pickle=False) as arrays:
            return cls({name: arrays[name].astype(np.float32) for name in arrays.files})

    def move(self, own: str, policy: str) -> NDArray[np.float32] | None:
        """Return what to add to a text's vector (dim,); None where both are one, or one is not known."""
        if own == policy or own not in self.by_language or policy not in self.by_language:
            return None
        return self.by_language[policy] - self.by_language[own]


def shared(languages: Sequence[str]) -> str:
    """Return the language that nearly all texts have, or "und": a text then meets examples of its own."""
    known = [one for one in languages if one != UNKNOWN]
    language, count = Counter(known).most_common(1)[0] if known else (UNKNOWN, 0)
    return language if count >= NEARLY_ALL * len(languages) else UNKNOWN
