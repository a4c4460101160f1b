"""What is measured of a classifier on episodes: F1, false positives, and how well it ranks."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from quell.incidents.background import Background, Calibration
from quell.incidents.classifier import FewShotClassifier
from training.incidents.episodes import FAR, NEAR, POSITIVE, EpisodeMaker
from training.incidents.logistic import Measured
from training.incidents.texts import TextClass


@dataclass(frozen=True, slots=True)
class Outcome:
    """Pooled over episodes at one threshold; rates are shares in [0, 1]."""

    f1: float
    recall: float
    near: float
    far: float
    auroc: float
    auroc_near: float

    @classmethod
    def of(
        cls, probability: NDArray[np.float64], labels: NDArray[np.int64], threshold: float = 0.5
    ) -> "Outcome":
        """Judge probabilities (texts,) against labels; `near` and `far` are false-positive rates."""
        hit, positive = probability >= threshold, labels == POSITIVE
        true = float((hit & positive).sum())
        f1 = 2 * true / max(float(hit.sum() + positive.sum()), 1.0)
        close = labels != FAR
        return cls(
            f1, float(hit[positive].mean()), _rate(hit[labels == NEAR]), _rate(hit[labels == FAR]),
            auroc(probability, positive), auroc(probability[close], positive[close]),
        )  # fmt: skip

    @classmethod
    def mean(cls, found: Sequence["Outcome"]) -> "Outcome":
        """Return the plain mean of several outcomes."""
        return cls(*(float(np.mean([getattr(one, name) for one in found])) for name in cls.__slots__))

    def line(self) -> str:
        """Return the numbers in one line."""
        return "  ".join(f"{name} {value:.3f}" for name, value in asdict(self).items())


def auroc(scores: NDArray[np.float64], positive: NDArray[np.bool_]) -> float:
    """Return the chance that a positive outranks a negative; ties count half."""
    values, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    ours, theirs = int(positive.sum()), int((~positive).sum())
    return (
        float((ranks[positive].sum() - ours * (ours + 1) / 2) / max(ours * theirs, 1)) if len(values) else 0.0
    )


def outcomes(measured: Sequence[Measured], calibration: Calibration) -> Outcome:
    """Judge a calibration on measured episodes."""
    logits = []
    for one in measured:
        weights, bias = calibration.weights(one.features)
        logits.append(one.scores @ weights + bias)
    labels = np.concatenate([one.episode.labels for one in measured])
    return Outcome.of(1 / (1 + np.exp(-np.clip(np.concatenate(logits), -40, 40))), labels)


def group(one: TextClass) -> str:
    """Return the group that a class is reported in."""
    if one.lang != "en":
        return "other languages"
    return {"topics": "topics", "rumours": "rumours"}.get(one.kind, "policies")


def table(maker: EpisodeMaker, background: Background, counts: Sequence[int]) -> dict[str, dict[str, float]]:
    """Judge what ships on the classes of `maker`, by group and number of samples."""
    found: dict[str, dict[str, float]] = {}
    names = sorted({group(one) for one in maker.classes})
    for k in counts:
        for name in names:
            probabilities, labels = [], []
            for one in maker.classes:
                if group(one) != name or len(one.texts) < k + 4:
                    continue
                episode = maker.draw(one, k)
                classifier = FewShotClassifier.fit(episode.samples, background)
                probabilities += [float(classifier.probability(windows).max()) for windows in episode.tests]
                labels.append(episode.labels)
            if labels:
                outcome = Outcome.of(np.array(probabilities), np.concatenate(labels))
                found[f"{name}, k={k}"] = asdict(outcome)
                print(f"{name:16s} k={k:<3d}", outcome.line(), flush=True)
    return found


def _rate(hits: NDArray[np.bool_]) -> float:
    return float(hits.mean()) if len(hits) else 0.0
