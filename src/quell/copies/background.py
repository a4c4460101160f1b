"""Ordinary pictures as the network sees them: how alike two pictures are that have nothing in common.

It ships with the package as vectors only. A sample of which there are many like (a plain sky, a page of
text) must be met more closely than one that stands alone.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self, cast

import numpy as np
from numpy.typing import NDArray

from quell.errors import ModelUnusable
from quell.models.manifest import verify

_NEAREST = 8


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """Unit vectors of ordinary pictures, float32 (n, dim), and which network they are of.

    `middle` is the excess of similarity over what ordinary pictures reach at which a copy scores 0.5.
    """

    revision: str
    vectors: NDArray[np.float32]
    middle: float = 0.42

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read a background's folder: `vectors.npz` with `vectors` (n, dim) float16."""
        manifest = verify(folder)
        try:
            with np.load(folder / "vectors.npz") as stored:
                vectors = stored["vectors"].astype(np.float32)
        except (OSError, ValueError, KeyError) as unreadable:
            raise ModelUnusable(f"The background {folder} cannot be read ({unreadable}).") from unreadable
        middle = cast("float", manifest.parameters["middle"])
        return cls(str(manifest.parameters["network"]), vectors, middle)

    def nearness(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give the mean similarity of each vector (m, dim) to its nearest ordinary pictures: (m,)."""
        if not len(self.vectors):
            return np.zeros(len(vectors), np.float32)
        nearest = min(_NEAREST, len(self.vectors))
        similar = vectors @ self.vectors.T
        best = np.partition(similar, -nearest, axis=1)[:, -nearest:]
        return cast("NDArray[np.float32]", best.mean(axis=1))
