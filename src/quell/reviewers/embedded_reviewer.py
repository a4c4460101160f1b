"""Reviews a text by one built policy, and finds what decided."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from quell.encoders.routing import EncoderSet
from quell.reviewers.domain import Policy, Review
from quell.reviewers.embedded_languages import Middles
from quell.reviewers.embedded_parts import parts, without
from quell.reviewers.embedded_reasons import Carried, Grounds, Near, reasoning
from quell.reviewers.embedded_scoring import LabelScorer
from quell.text.normalise import normalise

_NEAREST = 3
_Shares = tuple[NDArray[np.float64], NDArray[np.float32]]

MOST_SURE = 0.999
"""The highest confidence: what lies above was measured on too few texts to be told from it."""


@dataclass(frozen=True, slots=True)
class Speech:
    """The language of a policy, and the middles of languages in each encoder, by its name."""

    policy: str
    middles: Mapping[str, Middles]


class EmbeddedReviewer:
    """One version of a policy, ready to review; never changes, safe to use from several threads."""

    def __init__(
        self,
        policy: Policy,
        encoders: EncoderSet,
        scorers: Mapping[str, LabelScorer],
        speech: Speech,
        engine: str,
    ) -> None:
        self._policy = policy
        self._encoders = encoders
        self._scorers = dict(scorers)
        self._speech = speech
        self._engine = engine
        self._rest = policy.labels.index(policy.other)

    def review(self, text: str) -> Review:
        """Return the label that fits best, with the reasons that were measured."""
        readable = normalise(text).text
        name = self._reader(readable)
        move = self._speech.middles[name].move(self._encoders.language(readable), self._speech.policy)
        reading = partial(self._shares, name, move)
        shares, near = reading(readable)
        chosen, second = (int(place) for place in np.argsort(-shares, kind="stable")[:2])
        grounds = Grounds(
            label=self._name(chosen),
            confidence=min(float(shares[chosen]), MOST_SURE),
            rest=chosen == self._rest,
            second=self._name(second),
            second_confidence=float(shares[second]),
            nearest=self._nearest(name, near),
            fitting=self._fitting(name, near, chosen),
            carried=None if chosen == self._rest else self._carried(reading, readable, chosen, shares),
        )
        return Review(grounds.label, reasoning(grounds), grounds.confidence, self._engine)

    def _reader(self, text: str) -> str:
        """Name the best encoder for the text that read the policy, too."""
        return next(
            (name for name in self._encoders.for_text(text, foreign_samples=True) if name in self._scorers),
            self._encoders.names[0],
        )

    def _shares(self, name: str, move: NDArray[np.float32] | None, text: str) -> _Shares:
        vector = self._encoders[name].encode(text)
        return self._scorers[name].probabilities(vector if move is None else vector + move, len(text))

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

    def _carried(
        self, reading: Callable[[str], _Shares], text: str, chosen: int, shares: NDArray[np.float64]
    ) -> Carried | None:
        """Leave out each part of the text in turn, and name the one that the label misses most."""
        spans = parts(text)
        if len(spans) == 1:
            return None
        left = [reading(without(text, span))[0] for span in spans]
        most = min(range(len(spans)), key=lambda at: float(left[at][chosen]))
        if left[most][chosen] >= shares[chosen]:
            return None
        span = spans[most]
        return Carried(text[span.start : span.end], self._name(int(left[most].argmax())))
