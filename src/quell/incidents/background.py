"""Ordinary text as one encoder sees it, and what turns similarities to probabilities for that encoder.

An incident is learned from a handful of samples; what does not belong to it is learned from this background.
It ships with the package as vectors only, never as text.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

import quell.models
from quell.errors import ModelUnusable
from quell.models.manifest import verify

BACKGROUNDS = Path(quell.models.__file__).parent / "backgrounds"
"""The folder with one background per encoder: `<encoder name>/`."""

_SHRINKAGES = (0.3, 3.0)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic model of an incident's similarities, the same for every incident of one encoder.

    `score` weighs the similarities of a text (rows as `classifier.SIMILARITIES`); column 0 is the weight
    itself, column 1 + i is how much it changes with the i-th of `varies`, features of the incident.
    `incident` weighs the incident's features (order of `classifier.FEATURES`), `pairs` the products of
    those that vary, `bias` is the constant. `mean` and `spread` standardise the features.
    """

    score: NDArray[np.float64]
    varies: tuple[int, ...]
    incident: NDArray[np.float64]
    pairs: NDArray[np.float64]
    bias: float
    mean: NDArray[np.float64]
    spread: NDArray[np.float64]

    @classmethod
    def from_json(cls, table: Mapping[str, object]) -> Self:
        """Read what `to_json` wrote."""
        arrays = {
            key: np.array(table[key], np.float64) for key in ("score", "incident", "pairs", "mean", "spread")
        }
        return cls(varies=tuple(table["varies"]), bias=float(table["bias"]), **arrays)  # type: ignore[arg-type]

    def to_json(self) -> dict[str, object]:
        """Return plain lists and numbers."""
        arrays = {
            key: getattr(self, key).tolist() for key in ("score", "incident", "pairs", "mean", "spread")
        }
        return {**arrays, "varies": list(self.varies), "bias": self.bias}

    def weights(self, features: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
        """Return the weight of each similarity and the constant, for an incident with these features.

        A feature that is not defined for the incident (NaN) counts as average.
        """
        known = standardise(features, self.mean, self.spread)
        varying = known[list(self.varies)]
        products = np.outer(varying, varying)[np.triu_indices(len(varying))]
        constant = self.bias + float(known @ self.incident) + float(products @ self.pairs)
        return self.score @ np.concatenate(([1.0], varying)), constant


def standardise(
    features: NDArray[np.float64], mean: NDArray[np.float64], spread: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return features in spreads from the mean, unknown ones as 0 and extreme ones as ±2.

    The calibration was fitted where incidents are common; it is not to be followed beyond.
    """
    return np.clip(np.nan_to_num((features - mean) / spread, nan=0.0), -2.0, 2.0)


class Background:
    """Vectors of ordinary text, shape (m, dim) float32 of unit norm, and what follows from them."""

    def __init__(
        self, encoder: str, revision: str, vectors: NDArray[np.float32], calibration: Calibration
    ) -> None:
        self.encoder = encoder
        self.revision = revision
        self.calibration = calibration
        self.vectors = np.ascontiguousarray(vectors, np.float32)
        self.mean: NDArray[np.float64] = self.vectors.mean(axis=0, dtype=np.float64)
        centred = self.vectors - self.mean
        covariance = centred.T @ centred / len(centred)
        self.precisions = tuple(_precision(covariance, ridge) for ridge in _SHRINKAGES)

    @classmethod
    def load(cls, encoder: str, revision: str | None = None, folder: Path | None = None) -> Self:
        """Load what ships for this encoder; refused if changed, or if it belongs to another revision."""
        path = (folder or BACKGROUNDS) / encoder
        manifest = verify(path)
        made_for = str(manifest.parameters["encoder_revision"])
        if revision is not None and revision != made_for:
            raise ModelUnusable(
                f"The background in {path} was made with revision {made_for} of the encoder {encoder}, "
                f"and revision {revision} is installed. Install Quell again, or run training/incidents."
            )
        with np.load(path / "vectors.npz", allow_pickle=False) as arrays:
            vectors = arrays["vectors"].astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        table = json.loads((path / "calibration.json").read_text(encoding="utf-8"))
        return cls(encoder, made_for, vectors, Calibration.from_json(table))

    def with_calibration(self, calibration: Calibration) -> Self:
        """Return the same vectors with another calibration."""
        return type(self)(self.encoder, self.revision, self.vectors, calibration)


def _precision(covariance: NDArray[np.float64], ridge: float) -> NDArray[np.float64]:
    """Return the inverse of a covariance (dim, dim), shrunk towards a sphere by `ridge`."""
    dim = len(covariance)
    shrunk = covariance + ridge * (np.trace(covariance) / dim) * np.eye(dim)
    return np.asarray(np.linalg.inv(shrunk), np.float64)
