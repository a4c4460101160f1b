"""Ordinary text as one encoder sees it: what a text that fits no label looks like."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

import quell.models
from quell.errors import ModelUnusable
from quell.models.manifest import verify

BACKGROUNDS = Path(quell.models.__file__).parent / "backgrounds"
"""The folder with one background per encoder."""


@dataclass(frozen=True, slots=True)
class Ordinary:
    """Vectors of ordinary text, shape (m, dim) float32 of unit norm, and their mean, shape (dim,)."""

    encoder: str
    revision: str
    vectors: NDArray[np.float32]
    mean: NDArray[np.float32]

    @classmethod
    def of(cls, encoder: str, revision: str, vectors: NDArray[np.float32]) -> Self:
        """Take vectors of ordinary text, shape (m, dim)."""
        return cls(encoder, revision, vectors, vectors.mean(axis=0, dtype=np.float64).astype(np.float32))

    @classmethod
    def load(cls, encoder: str, revision: str, folder: Path = BACKGROUNDS) -> Self:
        """Load what ships for this encoder; refused if changed, or if it belongs to another revision."""
        manifest = verify(folder / encoder)
        made_for = str(manifest.parameters["encoder_revision"])
        if made_for != revision:
            raise ModelUnusable(
                f"The background of {encoder} was made with revision {made_for}, and {revision} is installed."
            )
        with np.load(folder / encoder / "vectors.npz", allow_pickle=False) as arrays:
            vectors = arrays["vectors"].astype(np.float32)
        return cls.of(encoder, revision, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))

    def centred(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return unit rows measured from the middle of ordinary text, shape as `rows` (n, dim)."""
        moved = rows - self.mean
        lengths: NDArray[np.float32] = np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-6)
        return (moved / lengths).astype(np.float32)
