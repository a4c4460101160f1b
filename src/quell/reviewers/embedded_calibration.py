"""What turns the measures of a text and a label into one logit; the same for every policy of one encoder.

Descriptions tell most where there are no examples, the classifier where there are many: each measure has a
weight at some numbers of examples, and between them the weight lies between.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from quell.errors import ModelUnusable
from quell.models.manifest import verify

CALIBRATIONS = Path(__file__).parents[1] / "models" / "reviewers"
"""The folder with one calibration per encoder, and the middles of languages."""

KNOTS = (0, 1, 3, 8, 32)
"""The numbers of examples that weights are known for; beyond the last they stay."""

MEASURES = ("classifier", "description", "centre", "nearest3", "constant")
"""What is measured of a text and a label; see `LabelScorer.measures`."""

REST_MEASURES = ("nearest", "ordinary", "length", "constant")
"""What is measured of a text for the rest: the cosine of its nearest example (0 without examples), how close
ordinary text comes to it, and the logarithm of its length, since long texts are less like any description."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights at each of KNOTS: of MEASURES (5, knots), of REST_MEASURES (4, knots).

    The rest's constant also has a weight at the labels' mean number of examples, `shown` (knots,), and one of
    the logarithm of their number, `labels`.
    """

    label: NDArray[np.float64]
    rest: NDArray[np.float64]
    shown: NDArray[np.float64]
    labels: float

    @classmethod
    def load(cls, encoder: str, revision: str, folder: Path = CALIBRATIONS) -> Self:
        """Load what ships for this encoder; refused if changed, or if it belongs to another revision."""
        manifest = verify(folder / encoder)
        made_for = str(manifest.parameters["encoder_revision"])
        if made_for != revision:
            raise ModelUnusable(
                f"The reviewers' calibration for {encoder} was made with revision {made_for} of it, "
                f"and revision {revision} is installed. Install Quell again, or run training/reviewers."
            )
        return cls.from_json(json.loads((folder / encoder / "calibration.json").read_text(encoding="utf-8")))

    @classmethod
    def plain(cls) -> Self:
        """Return plain weights, for an encoder that nothing was fitted for: cosines, and a fixed distance."""
        label, rest = np.zeros((len(MEASURES), len(KNOTS))), np.zeros((len(REST_MEASURES), len(KNOTS)))
        label[MEASURES.index("centre")] = label[MEASURES.index("nearest3")] = 6.0
        rest[REST_MEASURES.index("nearest"), 1:] = 9.0
        rest[REST_MEASURES.index("constant")] = 4.0, 3.0, 3.0, 3.0, 3.0
        return cls(label, rest, np.zeros(len(KNOTS)), 0.0)

    @classmethod
    def from_json(cls, table: Mapping[str, object]) -> Self:
        """Read what `to_json` wrote."""
        arrays = [np.array(table[key], np.float64) for key in ("label", "rest", "shown")]
        label, rest, shown = arrays
        return cls(label, rest, shown, float(str(table["labels"])))

    def to_json(self) -> dict[str, object]:
        """Return plain lists and numbers."""
        return {
            "label": self.label.tolist(),
            "rest": self.rest.tolist(),
            "shown": self.shown.tolist(),
            "labels": self.labels,
        }

    def weights(
        self, counts: NDArray[np.int64], rest: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the weights of MEASURES for each label (labels, 5) and of REST_MEASURES (4,).

        `counts` (labels,) are the labels' examples; the row of `rest` is without meaning.
        """
        others = np.delete(counts, rest)
        weights = at_knots(counts) @ self.label.T
        own = self.rest @ at_knots(counts[rest : rest + 1])[0]
        own[REST_MEASURES.index("constant")] += float(
            at_knots(np.array([others.mean()]))[0] @ self.shown
        ) + self.labels * float(np.log(len(others)))
        return weights.astype(np.float32), own.astype(np.float32)


def at_knots(counts: NDArray[np.int64] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much each of KNOTS counts for numbers of examples (n,): rows (n, knots) that add up to 1."""
    knots = np.log2(1.0 + np.array(KNOTS))
    places = np.log2(1.0 + np.minimum(counts, KNOTS[-1]))
    return np.stack([np.interp(places, knots, row) for row in np.eye(len(KNOTS))], axis=1)
