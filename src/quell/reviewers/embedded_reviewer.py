"""Reviews a text by one built policy, and finds what decided."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from quell.encoders.routing import EncoderSet
from quell.reviewers.domain import Policy, Review
from quell.reviewers.embedded_parts import parts, without
from quell.reviewers.embedded_reasons import Carried, Grounds, Near, reasoning
from quell.reviewers.embedded_scoring import LabelScorer
from quell.text.normalise import normalise

_NEAREST = 3

MOST_SURE = 0.999
"""The highest confidence: what lies above was measured on too few texts to be told from it."""


class EmbeddedReviewer:
    """One version of a policy, ready to review; never changes, safe to use from several threads."""

    def __init__(
        self, policy: Policy, encoders: EncoderSet, scorers: Mapping[str, LabelScorer], engine: str
    ) -> None:
        self._policy = policy
        self._encoders = encoders
        self._scorers = dict(scorers)
        self._engine = engine
        self._rest = policy.labels.index(policy.other)

    def review(self, text: str) -> Review:
        """Return the label that fits best, with the reasons that were measured."""
        readable = normalise(text).text
        name = self._reader(readable)
        shares, near = self._shares(name, readable)
        chosen, second = (int(place) for place in np.argsort(-shares, kind="stable")[:2])
        grounds = Grounds(
            label=self._name(chosen),
            confidence=min(float(shares[chosen]), MOST_SURE),
            rest=chosen == self._rest,
            second=self._name(second),
            second_confidence=float(shares[second]),
            nearest=self._nearest(name, near),
            fitting=self._fitting(name, near, chosen),
            carried=None if chosen == self._rest else self._carried(name, readable, chosen, shares),
        )
        return Review(grounds.label, reasoning(grounds), grounds.confidence, self._engine)

    def _reader(self, text: str) -> str:
        """Name the best encoder for the text that read the policy, too."""
        return next(
            (name for name in self._encoders.for_text(text, foreign_samples=True) if name in self._scorers),
            self._encoders.names[0],
        )

    def _shares(self, name: str, text: str) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        return self._scorers[name].probabilities(self._encoders[name].encode(text), len(text))

    def _name(self, label: int) -> str:
        return self._policy.labels[label].name

    def _nearest(self, name: str, near: NDArray[np.float32]) -> tuple[Near, ...]:
        return tuple(self._near(name, near, int(at)) for at in np.argsort(-near, kind="stable")[:_NEAREST])

    def _fitting(self, name: str, near: NDArray[np.float32], label: int) -> Near | None:
        own = np.flatnonzero(self._scorers[name].owners == label)
        return self._near(name, near, int(own[near[own].argmax()])) if len(own) else None

    def _near(self, name: str, near: NDArray[np.float32], at: int) -> Near:
        scorer = self._scorers[name]
        example = self._policy.examples[int(scorer.places[at])]
        return Near(example.text, example.label, float(near[at]))

    def _carried(self, name: str, text: str, chosen: int, shares: NDArray[np.float64]) -> Carried | None:
        """Leave out each part of the text in turn, and name the one that the label misses most."""
        spans = parts(text)
        if len(spans) == 1:
            return None
        left = [self._shares(name, without(text, span))[0] for span in spans]
        most = min(range(len(spans)), key=lambda at: float(left[at][chosen]))
        if left[most][chosen] >= shares[chosen]:
            return None
        span = spans[most]
        return Carried(text[span.start : span.end], self._name(int(left[most].argmax())))
