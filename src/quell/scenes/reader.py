"""Judges what a picture shows by the descriptions that it is most like."""

from collections.abc import Callable, Mapping
from functools import reduce
from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from quell.scenes.clip import ClipFolder
from quell.scenes.descriptions import Descriptions, load_descriptions
from quell.scenes.domain import LEVELS, PictureToJudge, SceneLevel, level_of, worse

_SCALE = 100.0
"""The factor on cosines that CLIP models are trained to."""


class PictureEncoder(Protocol):
    """Embeds pictures; `ClipFolder` is one."""

    def picture(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return a unit vector (dim,) for pixels (h, w, 3)."""


class SceneReader:
    """Compares pictures with described scenes; `vectors` are theirs, (descriptions, dim), calm ones first."""

    waits = False
    lenient = False

    def __init__(
        self,
        encoder: PictureEncoder,
        descriptions: Descriptions,
        vectors: NDArray[np.float32],
        name: str = "",
    ) -> None:
        self.name = name
        self.categories = tuple(descriptions.harmful)
        self._encoder = encoder
        self._texts = listed(descriptions)
        self._vectors = vectors
        self._levels = {name: _levels(descriptions, name) for name in self.categories}

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open a CLIP folder; raises ModelUnusable."""
        encoder, descriptions = ClipFolder(folder), load_descriptions(folder)
        return cls(encoder, descriptions, encoder.texts(listed(descriptions)), encoder.name)

    def read(self, picture: PictureToJudge) -> Mapping[str, SceneLevel]:
        """Return the worst level of each category over all frames and views."""
        found = [self._judge(view) for frame in picture.frames for view in frame.views]
        return {
            category: reduce(worse, (levels[category] for levels in found)) for category in self.categories
        }

    def question(self, picture: PictureToJudge) -> Callable[[], Mapping[str, SceneLevel]]:
        """Return what reads the picture when it is called."""
        return lambda: self.read(picture)

    def _judge(self, rgb: NDArray[np.uint8]) -> dict[str, SceneLevel]:
        scaled = _SCALE * (self._vectors @ self._encoder.picture(rgb))
        shares = np.exp(scaled - scaled.max())
        shares /= shares.sum()
        nearest = self._texts[int(scaled.argmax())]
        return {
            name: level_of({level: float(shares[levels == level].sum()) for level in (0, *LEVELS)}, nearest)
            for name, levels in self._levels.items()
        }


def _levels(descriptions: Descriptions, category: str) -> NDArray[np.int64]:
    """Return what each description is worth for a category: those of the others are worth nothing to it."""
    levels = [0] * len(descriptions.calm)
    for name, by_level in descriptions.harmful.items():
        for level, texts in by_level.items():
            levels += [level if name == category else 0] * len(texts)
    return np.array(levels)


def listed(descriptions: Descriptions) -> list[str]:
    """Return all descriptions in the order of their vectors."""
    texts = list(descriptions.calm)
    for levels in descriptions.harmful.values():
        for some in levels.values():
            texts += some
    return texts
