"""Ordinary text as one encoder sees it: what a text that fits no label looks like."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

import quell.models
from quell.errors import ModelUnusable
from quell.models.manifest import verify
from quell.reviewers.embedded_calibration import CALIBRATIONS, Calibration
from quell.reviewers.embedded_languages import FILE, Middles

BACKGROUNDS = Path(quell.models.__file__).parent / "backgrounds"
"""The folder with one background per encoder."""


@dataclass(frozen=True, slots=True)
class Ordinary:
    """Unit rows of ordinary text (m, dim), their mean (dim,), and what weighs this encoder's measures.

    `rows` (m, dim) are the same texts measured from their middle, unit rows, too. `middles` are those of
    single languages, for an encoder that reads several.
    """

    encoder: str
    revision: str
    vectors: NDArray[np.float32]
    mean: NDArray[np.float32]
    rows: NDArray[np.float32]
    calibration: Calibration
    middles: Middles

    @classmethod
    def of(
        cls,
        encoder: str,
        revision: str,
        vectors: NDArray[np.float32],
        calibration: Calibration | None = None,
        middles: Middles | None = None,
    ) -> Self:
        """Take vectors of ordinary text, shape (m, dim), and a calibration, or a plain one."""
        mean = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
        rows = _centred(vectors, mean)
        plain = Calibration.plain()
        return cls(encoder, revision, vectors, mean, rows, calibration or plain, middles or Middles())

    @classmethod
    def load(
        cls, encoder: str, revision: str, folder: Path = BACKGROUNDS, *, calibrated: bool = True
    ) -> Self:
        """Load what ships for this encoder; refused if changed, or if it belongs to another revision.

        Without `calibrated`, the weights are plain ones: for fitting others.
        """
        manifest = verify(folder / encoder)
        made_for = str(manifest.parameters["encoder_revision"])
        if made_for != revision:
            raise ModelUnusable(
                f"The background of {encoder} was made with revision {made_for}, and {revision} is installed."
            )
        with np.load(folder / encoder / "vectors.npz", allow_pickle=False) as arrays:
            vectors = arrays["vectors"].astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        if not calibrated:
            return cls.of(encoder, revision, vectors)
        # The calibration is loaded first: it checks every file of its folder.
        calibration = Calibration.load(encoder, revision)
        middles = Middles.load(CALIBRATIONS / encoder / FILE)
        return cls.of(encoder, revision, vectors, calibration, middles)

    def centred(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return unit rows measured from the middle of ordinary text, shape as `rows` (n, dim)."""
        return _centred(rows, self.mean)


def _centred(rows: NDArray[np.float32], mean: NDArray[np.float32]) -> NDArray[np.float32]:
    moved = rows - mean
    lengths: NDArray[np.float32] = np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-6)
    return (moved / lengths).astype(np.float32)
