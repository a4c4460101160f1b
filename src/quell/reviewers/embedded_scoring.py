"""From vectors of descriptions and examples to the probability of each label, as one encoder sees them.

Everything is measured from the middle of ordinary text. A logistic classifier learns descriptions and
examples against ordinary text; beside it stand the plain cosines to the description, to the middle of the
examples and to the nearest three. A calibration that is the same for every policy weighs them by how many
examples there are.
"""

from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from quell.reviewers.embedded_layout import Arrays
from quell.reviewers.embedded_logistic import fit_logistic, softmax
from quell.reviewers.embedded_ordinary import Ordinary

_RIDGE = 0.1
_ORDINARY_ROWS = 600
_NEAREST_ORDINARY = 10
_LENGTHS = 10, 1_000
"""Code points of the texts that the calibration was fitted on; what is beyond counts as the last one."""

Rows = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Known:
    """A policy as one encoder reads it: unit rows of descriptions (labels, dim) and examples (n, dim).

    `owners` (n,) are the examples' labels, `places` (n,) their places in the policy, `rest` is the label for
    the rest.
    """

    descriptions: Rows
    examples: Rows
    owners: NDArray[np.int32]
    places: NDArray[np.int32]
    rest: int


@dataclass(frozen=True, slots=True)
class LabelScorer:
    """One policy in one encoder; never changes, safe to ask from several threads.

    `centre` (dim,) is the middle of ordinary text. `classifier` (labels, dim) and `constants` (labels,) give
    logits against the rest, `descriptions` and `middles` (labels, dim) are centred unit rows, `examples`
    (n, dim) too, with their labels `owners` (n,) and `places` (n,) in the policy. `weights` (labels, 5) weigh
    the measures of each label, `rest_weights` (4,) those of the rest. `ordinary` (m, dim) are centred rows of
    ordinary text; they are the engine's own and not written.
    """

    rest: int
    centre: Rows
    classifier: Rows
    constants: Rows
    descriptions: Rows
    middles: Rows
    weights: Rows
    rest_weights: Rows
    examples: Rows
    owners: NDArray[np.int32]
    places: NDArray[np.int32]
    ordinary: Rows

    @classmethod
    def fit(cls, known: Known, ordinary: Ordinary) -> Self:
        """Learn a policy; the same result every time."""
        owners, rest = known.owners, known.rest
        described, shown = ordinary.centred(known.descriptions), ordinary.centred(known.examples)
        counts = np.bincount(owners, minlength=len(described))
        classifier, constants = _classifier(described, shown, owners, rest, ordinary)
        weights, rest_weights = ordinary.calibration.weights(counts, rest)
        return cls(
            rest=rest,
            centre=ordinary.mean,
            classifier=classifier - classifier[rest],
            constants=constants - constants[rest],
            descriptions=described,
            middles=_middles(described, shown, owners),
            weights=weights,
            rest_weights=rest_weights,
            # Kept with half of the digits: measured with the same ones before and after it was written.
            examples=shown.astype(np.float16).astype(np.float32),
            owners=owners,
            places=known.places,
            ordinary=ordinary.rows,
        )

    def measures(self, vector: Rows, length: int) -> tuple[NDArray[np.float64], NDArray[np.float64], Rows]:
        """Give MEASURES of each label (labels, 5), REST_MEASURES (4,), and the cosine of each example (n,).

        classifier: logit against the rest; description, centre: cosines; nearest3: mean cosine to the three
        nearest examples; for a label without examples the description stands for the other two. `length`
        counts the text's code points.
        """
        text = vector - self.centre
        text = text / max(float(np.linalg.norm(text)), 1e-6)
        near = self.examples @ text
        described = self.descriptions @ text
        closest = described.copy()
        for label in range(len(described)):
            own = near[self.owners == label]
            if len(own):
                closest[label] = np.sort(own)[-3:].mean()
        own = near[self.owners == self.rest]
        found = [self.classifier @ text + self.constants, described, self.middles @ text, closest]
        table = np.stack([*found, np.ones(len(described))], axis=1).astype(np.float64)
        plain = np.sort(self.ordinary @ text)[-_NEAREST_ORDINARY:].mean()
        rest = np.array(
            [own.max() if len(own) else 0.0, plain, np.log(np.clip(length, *_LENGTHS)), 1.0], np.float64
        )
        return table, rest, near

    def probabilities(self, vector: Rows, length: int) -> tuple[NDArray[np.float64], Rows]:
        """Return each label's probability (labels,) and each example's cosine (n,) to a text's unit row."""
        table, rest, near = self.measures(vector, length)
        logits = (table * self.weights).sum(axis=1)
        logits[self.rest] = float(self.rest_weights @ rest)
        return softmax(logits), near

    def arrays(self) -> Arrays:
        """Return what `of` takes; rows of examples are written with half of the digits."""
        kept: dict[str, NDArray[Any]] = {
            one.name: getattr(self, one.name) for one in fields(self) if one.name not in ("rest", "ordinary")
        }
        return {**kept, "examples": self.examples.astype(np.float16)}

    @classmethod
    def of(cls, arrays: Arrays, rest: int, ordinary: Ordinary) -> Self:
        """Take what `arrays` gave."""
        examples = arrays["examples"].astype(np.float32)
        return cls(rest=rest, ordinary=ordinary.rows, **{**arrays, "examples": examples})


def _classifier(
    described: Rows, shown: Rows, owners: NDArray[np.int32], rest: int, ordinary: Ordinary
) -> tuple[Rows, Rows]:
    """Learn descriptions and examples; ordinary text counts together as much as one label's examples do."""
    labels = len(described)
    plain = ordinary.rows[:: max(1, len(ordinary.rows) // _ORDINARY_ROWS)]
    named = np.delete(np.arange(labels, dtype=np.int32), rest)
    rows = np.concatenate([described[named], shown, plain])
    targets = np.concatenate([named, owners, np.full(len(plain), rest, np.int32)])
    share = max(1.0, len(owners) / labels) / len(plain)
    weights = np.concatenate([np.ones(len(named) + len(owners)), np.full(len(plain), share)])
    return fit_logistic(rows, targets, weights, labels, _RIDGE)


def _middles(described: Rows, shown: Rows, owners: NDArray[np.int32]) -> Rows:
    """Return the middle of each label's examples, its description being one of them."""
    middles = described.copy()
    for label in range(len(described)):
        own = shown[owners == label]
        if len(own):
            length = max(float(np.linalg.norm(own.mean(axis=0))), 1e-6)
            total = own.sum(axis=0) / length + described[label]
            middles[label] = total / max(float(np.linalg.norm(total)), 1e-6)
    return middles
