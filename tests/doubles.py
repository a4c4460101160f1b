"""Doubles that are small, fast and deterministic: an encoder without a model, a clock, ids."""

import hashlib
import itertools
import re
from collections.abc import Callable
from functools import lru_cache
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from quell.encoders.base import TextEncoder, Window
from quell.harms import CATEGORIES, CategoryReading, HarmReading, Telling
from quell.harms.domain import CUTS
from quell.incidents.background import Background, Calibration
from quell.incidents.classifier import FEATURES, SIMILARITIES


class TinyEncoder:
    """Adds one random direction per word: texts that share words are similar, others nearly orthogonal."""

    def __init__(
        self, name: str = "tiny", revision: str = "1", dim: int = 64, words_per_window: int = 40
    ) -> None:
        self.name = name
        self.revision = revision
        self.dim = dim
        self.encoded: list[str] = []
        self._size = words_per_window

    def windows(self, text: str) -> list[Window]:
        """Return windows of a fixed number of words, overlapping by half."""
        starts = [0, *(place + 1 for place, character in enumerate(text) if character == " ")]
        if len(starts) <= self._size:
            return [Window(0, len(text))]
        step = self._size // 2
        cuts = range(0, len(starts) - self._size + step, step)
        ends = [*starts[1:], len(text)]
        return [Window(starts[cut], ends[min(cut + self._size, len(starts)) - 1]) for cut in cuts]

    def encode(self, text: str) -> NDArray[np.float32]:
        """Return the text as one vector, shape (dim,), unit norm."""
        self.encoded.append(text)
        total = sum((_direction(word, self.dim) for word in text.casefold().split()), np.zeros(self.dim))
        length = float(np.linalg.norm(total))
        return (total / length if length else _direction("", self.dim)).astype(np.float32)

    def encode_windows(self, text: str) -> tuple[list[Window], NDArray[np.float32]]:
        """Return the windows and their vectors, shape (windows, dim)."""
        windows = self.windows(text)
        return windows, np.stack([self.encode(text[window.start : window.end]) for window in windows])


@lru_cache(maxsize=10_000)
def _direction(word: str, dim: int) -> NDArray[np.float64]:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
    direction = np.random.default_rng(seed).standard_normal(dim)
    return direction / np.linalg.norm(direction)


class TinyHarms:
    """A harm model that knows eight words: the worst word of a window of ten decides."""

    SEVERITIES: ClassVar[dict[str, tuple[str, float]]] = {
        "nag": ("Hate", 1.5),
        "oaf": ("Hate", 2.5),
        "louse": ("Hate", 4.5),
        "mope": ("SelfHarm", 2.5),
        "wink": ("Sexual", 3.5),
        "nudge": ("Violence", 1.5),
        "shove": ("Violence", 3.5),
        "wallop": ("Violence", 6.4),
    }

    name = "tiny-harms"
    revision = "1"

    def __init__(self) -> None:
        self.read: list[str] = []

    def analyze(self, text: str) -> HarmReading:
        """Read windows of ten words; each category answers with its worst."""
        self.read.append(text)
        words = [found.span() for found in re.finditer(r"\S+", text)] or [(0, 0)]
        groups = [words[at : at + 10] for at in range(0, len(words), 10)]
        windows = [(group[0][0], group[-1][1]) for group in groups]
        categories = tuple(self._worst(name, text, windows) for name in CATEGORIES)
        return HarmReading(categories, len(windows))

    def tell(self, text: str, reading: CategoryReading) -> list[Telling]:
        """Return the words of the window that the category knows, the worst first."""
        found = [
            Telling(word.start(), word.end(), self._of(word[0], reading.category))
            for word in re.compile(r"\w+").finditer(text, reading.start, reading.end)
        ]
        return sorted((part for part in found if part.weight), key=lambda part: -part.weight)

    def _worst(self, category: str, text: str, windows: list[tuple[int, int]]) -> CategoryReading:
        found = [(self._severity(text[start:end], category), -start, end) for start, end in windows]
        severity, start, end = max(found)
        chances = tuple(0.9 if severity >= cut else 0.1 for cut in CUTS)
        return CategoryReading(category, chances, severity, -start, end)  # type: ignore[arg-type]

    def _severity(self, window: str, category: str) -> float:
        return max((self._of(word, category) for word in re.findall(r"\w+", window)), default=0.0)

    def _of(self, word: str, category: str) -> float:
        known, severity = self.SEVERITIES.get(word.casefold(), ("", 0.0))
        return severity if known == category else 0.0


class StepClock:
    """Gives microseconds since 1970: a fixed start, and one second more at each question."""

    def __init__(self, start: int = 1_700_000_000_000_000) -> None:
        self.now = start

    def __call__(self) -> int:
        """Return the time, and let a second pass."""
        self.now += 1_000_000
        return self.now


def sequence(prefix: str = "id") -> Callable[[], str]:
    """Return a maker of ids, id-1, id-2 and so on."""
    numbers = itertools.count(1)
    return lambda: f"{prefix}-{next(numbers)}"


def tiny_background(encoder: TextEncoder) -> Background:
    """Return a background of everyday sentences; a text hits from a cosine of 0.6 to a sample on."""
    sentences = (
        " ".join(f"{word}{number * step % 97}" for step, word in enumerate(_WORDS)) for number in range(256)
    )
    vectors = np.stack([encoder.encode(sentence) for sentence in sentences])
    score = np.zeros((len(SIMILARITIES), 1))
    score[SIMILARITIES.index("nearest")] = _STEEPNESS
    zeros, ones = np.zeros(len(FEATURES)), np.ones(len(FEATURES))
    calibration = Calibration(score, (), zeros, np.zeros(0), -0.6 * _STEEPNESS, zeros, ones)
    return Background(encoder.name, encoder.revision, vectors, calibration)


_WORDS = ("kettle", "garden", "train", "river", "violin", "lamp", "bread", "window")
_STEEPNESS = 20.0
