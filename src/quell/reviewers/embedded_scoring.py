"""From vectors of descriptions and examples to the probability of each label, as one encoder sees them."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from quell.reviewers.embedded_layout import Arrays
from quell.reviewers.embedded_ordinary import Ordinary

_DESCRIPTION_COUNTS = 2.0
_STEEPNESS = 1.0
_REST = 3.0


@dataclass(frozen=True, slots=True)
class Known:
    """A policy as one encoder reads it: unit rows of descriptions (labels, dim) and examples (n, dim).

    `owners` (n,) are the examples' labels, `places` (n,) their places in the policy, `rest` is the label for
    the rest.
    """

    descriptions: NDArray[np.float32]
    examples: NDArray[np.float32]
    owners: NDArray[np.int32]
    places: NDArray[np.int32]
    rest: int


@dataclass(frozen=True, slots=True)
class LabelScorer:
    """One policy in one encoder; never changes, safe to ask from several threads.

    `anchors` (labels, dim) are unit rows that a centred text is compared with, `mean` and `spread` (labels,)
    how ordinary text compares with them; the row of the label for the rest, `rest`, is zero without examples.
    `examples` (n, dim) are centred unit rows, `owners` (n,) their labels, `places` (n,) their places in the
    policy.
    """

    rest: int
    centre: NDArray[np.float32]
    anchors: NDArray[np.float32]
    mean: NDArray[np.float32]
    spread: NDArray[np.float32]
    examples: NDArray[np.float32]
    owners: NDArray[np.int32]
    places: NDArray[np.int32]

    @classmethod
    def fit(cls, known: Known, ordinary: Ordinary) -> Self:
        """Learn a policy; the same result every time."""
        owners, rest = known.owners, known.rest
        described, shown = ordinary.centred(known.descriptions), ordinary.centred(known.examples)
        anchors = described.copy()
        for label in range(len(described)):
            own = shown[owners == label]
            if len(own):
                count = 0.0 if label == rest else _DESCRIPTION_COUNTS
                total = own.sum(axis=0) / np.linalg.norm(own.mean(axis=0)) + count * described[label]
                anchors[label] = total / np.linalg.norm(total)
            elif label == rest:
                anchors[label] = 0.0
        compared = ordinary.centred(ordinary.vectors) @ anchors.T
        return cls(
            rest=rest,
            centre=ordinary.mean,
            anchors=anchors,
            mean=compared.mean(axis=0),
            spread=compared.std(axis=0) + 1e-6,
            examples=shown,
            owners=owners,
            places=known.places,
        )

    def probabilities(self, vector: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """Return each label's probability (labels,) and each example's cosine (n,) to a text's unit row."""
        text = vector - self.centre
        text = text / max(float(np.linalg.norm(text)), 1e-6)
        near = self.examples @ text
        logits = _STEEPNESS * ((self.anchors @ text - self.mean) / self.spread).astype(np.float64)
        logits[self.rest] = max(_REST, logits[self.rest] if self.anchors[self.rest].any() else -np.inf)
        shares = np.exp(logits - logits.max())
        return shares / shares.sum(), near

    def arrays(self) -> Arrays:
        """Return what `of` takes; rows of examples lose half of their digits."""
        return {
            "centre": self.centre,
            "anchors": self.anchors,
            "mean": self.mean,
            "spread": self.spread,
            "examples": self.examples.astype(np.float16),
            "owners": self.owners,
            "places": self.places,
        }

    @classmethod
    def of(cls, arrays: Arrays, rest: int) -> Self:
        """Take what `arrays` gave."""
        examples = arrays["examples"].astype(np.float32)
        return cls(rest=rest, **{**arrays, "examples": examples})
