"""From a few samples of an incident to the probability that a text belongs to it.

Fitting is closed form: the samples' mean, two linear discriminants of the samples against ordinary text, and
numbers that say how tight the incident is and how close ordinary text comes to it. A logistic model that is
the same for every incident (`Calibration`) weighs them. Its weights are fixed once the incident is known, so
that everything linear folds into one vector; what remains are the nearest samples and the nearest rivals
(the ordinary texts most like the incident).
"""

import math
from typing import Self

import numpy as np
from numpy.typing import NDArray

from quell.incidents.background import Background

__all__ = ["FEATURES", "SIMILARITIES", "Background", "FewShotClassifier", "incident_features", "similarities"]

SIMILARITIES = ("mean", "narrow", "wide", "ordinary", "nearest", "nearest3", "rival")
"""What is measured between a text and an incident; the first four are linear in the text's vector."""

FEATURES = (
    "count", "single", "cohesion", "loosest", "neighbour", "length",
    "close1", "close10", "close50", "middle", "margin",
)  # fmt: skip
"""What is measured of an incident alone."""

_LINEAR = 4
_RIVALS = 64
_LARGEST_COUNT = 128
_PROBED = 256
_MARGIN = 0.01


class FewShotClassifier:
    """One incident as one encoder sees it; never changes, safe to ask from several threads."""

    def __init__(
        self,
        linear: NDArray[np.float64],
        bias: float,
        weights: tuple[float, float, float],
        samples: NDArray[np.float32],
        rivals: NDArray[np.float32],
    ) -> None:
        mean = samples.mean(axis=0, dtype=np.float64)
        self._bias = bias
        self._nearest, self._nearest3, self._rival = weights
        self._samples = samples
        # Row 0 gives all that is linear, row 1 the cosine to the mean, the others the rivals.
        self._first = np.vstack([linear, _unit(mean), rivals]).astype(np.float32)
        self._length = float(np.linalg.norm(mean))
        self._loosest = float((samples @ _unit(mean)).min())

    def nbytes(self, block: NDArray[np.float32]) -> int:
        """Return the memory of its arrays in bytes; samples that are the `block` itself are its owner's."""
        return self._first.nbytes + (0 if self._samples is block else self._samples.nbytes)

    @classmethod
    def fit(cls, samples: NDArray[np.float32], background: Background) -> Self:
        """Learn from samples (n, dim), unit rows, n ≥ 1: a few milliseconds, the same result every time."""
        samples = _distinct(samples)
        anchors = _anchors(samples, background)
        closeness = background.vectors @ anchors[0].astype(np.float32)
        features = _features(samples, anchors, closeness, background)
        weights, bias = background.calibration.weights(features)
        # The discriminants are measured from the background's mean, which is a constant of the incident.
        bias -= float((weights[1] * anchors[1] + weights[2] * anchors[2]) @ background.mean)
        nearest, nearest3, rival = (float(weight) for weight in weights[_LINEAR:])
        linear = weights[:_LINEAR] @ anchors
        return cls(
            linear,
            bias,
            (nearest, nearest3, rival),
            samples,
            _rivals(samples, anchors[0], closeness, background),
        )

    def probability(self, windows: NDArray[np.float32], floor: float = 0.0) -> NDArray[np.float32]:
        """Return the calibrated probability in [0, 1] for each row of `windows` (w, dim), unit rows.

        Where it is proven to lie below `floor`, an upper bound that lies below it, too, is given instead:
        whether a probability reaches the floor is always answered exactly.
        """
        # The margin keeps rounding from turning a bound into a wrong answer.
        least = _logit(floor) - _MARGIN
        # One window at a time: matrix products round differently for another count of windows.
        return np.array([_logistic(self._score(window, least)) for window in windows], np.float32)

    def _score(self, window: NDArray[np.float32], least: float) -> float:
        first = self._first @ window
        base = self._bias + float(first[0]) + self._rival * float(first[2:].max())
        ceiling = base + self._ceiling(float(first[1]))
        if ceiling < least:
            return ceiling
        nearest, nearest3 = _top(self._samples @ window)
        return base + self._nearest * nearest + self._nearest3 * nearest3

    def _ceiling(self, cosine: float) -> float:
        """Bound what the nearest samples can add, from the cosine to the samples' mean.

        No sample is farther from the mean than the loosest one, so that none can be nearer to the text
        than their angles' difference; and the nearest are at least as near as the average sample.
        """
        loosest, highest = self._loosest, 1.0
        if cosine < loosest:
            highest = math.cos(_angle(cosine) - _angle(loosest))
        lowest = cosine * self._length
        return sum(weight * (highest if weight > 0 else lowest) for weight in (self._nearest, self._nearest3))


def similarities(
    windows: NDArray[np.float32], samples: NDArray[np.float32], background: Background
) -> NDArray[np.float64]:
    """Return what the calibration weighs, shape (w, len(SIMILARITIES)); for training and for tests."""
    samples = _distinct(samples)
    anchors = _anchors(samples, background)
    closeness = background.vectors @ anchors[0].astype(np.float32)
    rivals = _rivals(samples, anchors[0], closeness, background)
    linear = windows @ anchors.T
    linear[:, 1:3] -= anchors[1:3] @ background.mean
    tops = np.array([_top(row) for row in windows @ samples.T])
    return np.column_stack([linear, tops, (windows @ rivals.T).max(axis=1)])


def incident_features(samples: NDArray[np.float32], background: Background) -> NDArray[np.float64]:
    """Return the FEATURES of samples (n, dim); those that need two samples are NaN for one."""
    samples = _distinct(samples)
    anchors = _anchors(samples, background)
    closeness = background.vectors @ anchors[0].astype(np.float32)
    return _features(samples, anchors, closeness, background)


def _features(
    samples: NDArray[np.float32],
    anchors: NDArray[np.float64],
    closeness: NDArray[np.float32],
    background: Background,
) -> NDArray[np.float64]:
    count = len(samples)
    ordered = np.sort(closeness)[::-1]
    total = samples.sum(axis=0, dtype=np.float64)
    cohesion = loosest = neighbour = np.nan
    if count > 1:
        others = total - samples
        left_out = (samples * others).sum(axis=1) / np.linalg.norm(others, axis=1)
        cohesion, loosest = float(left_out.mean()), float(left_out.min())
        neighbour = _neighbour(samples)
    return np.array(
        [
            np.log(min(count, _LARGEST_COUNT)),
            float(count == 1),
            cohesion,
            loosest,
            neighbour,
            np.linalg.norm(total) / count if count > 1 else np.nan,
            *(ordered[len(ordered) // part] for part in (1000, 100, 20, 2)),
            float(anchors[1] @ (total / count - background.mean)),
        ]
    )


def _anchors(samples: NDArray[np.float32], background: Background) -> NDArray[np.float64]:
    """Return the directions that a text is measured along, (4, dim): mean, two discriminants, ordinary."""
    mean = samples.mean(axis=0, dtype=np.float64)
    directions = [mean, *(precision @ (mean - background.mean) for precision in background.precisions)]
    return np.stack([_unit(direction) for direction in (*directions, background.mean)])


def _rivals(
    samples: NDArray[np.float32],
    mean: NDArray[np.float64],
    closeness: NDArray[np.float32],
    background: Background,
) -> NDArray[np.float32]:
    """Return the ordinary texts nearest to the incident, without those that lie in the middle of it.

    Ordinary text may happen to be about the incident; as a rival it would shield what it resembles.
    """
    inside = closeness >= np.median(samples @ mean.astype(np.float32))
    order = np.argsort(-closeness, kind="stable")
    outside = order[~inside[order]]
    return np.ascontiguousarray(background.vectors[(outside if len(outside) else order)[:_RIVALS]])


def _neighbour(samples: NDArray[np.float32]) -> float:
    """Return the mean cosine of samples to their nearest other sample; of many, evenly spaced ones speak."""
    step = -(-len(samples) // _PROBED)
    probed = np.arange(0, len(samples), step)
    products = samples[probed] @ samples.T
    products[np.arange(len(probed)), probed] = -1.0
    return float(products.max(axis=1).mean())


def _distinct(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Drop repeated rows, so that adding the same text twice changes nothing."""
    first = {row.tobytes(): number for number, row in reversed(list(enumerate(samples)))}
    if len(first) == len(samples):
        return np.ascontiguousarray(samples, np.float32)
    return np.ascontiguousarray(samples[sorted(first.values())], np.float32)


def _top(products: NDArray[np.float32]) -> tuple[float, float]:
    """Return the largest product and the mean of the three largest; `products` is spent."""
    found = []
    for _ in range(min(3, len(products))):
        place = products.argmax()
        found.append(float(products[place]))
        products[place] = -2.0
    return found[0], sum(found) / len(found)


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    return vector / max(float(np.linalg.norm(vector)), 1e-12)


def _angle(cosine: float) -> float:
    return math.acos(max(-1.0, min(1.0, cosine)))


def _logistic(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(min(logit, 60.0), -60.0)))


def _logit(probability: float) -> float:
    if probability <= 0.0:
        return -math.inf
    return math.log(probability / (1.0 - probability)) if probability < 1.0 else 60.0
