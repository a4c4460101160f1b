"""Whether a text belongs to an incident: word for word, or by meaning.

A fitted incident is made once from the stored samples and never changes; when they change, a new one is made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from sys import getsizeof

import numpy as np

from quell.incidents.classifier import FewShotClassifier
from quell.incidents.domain import Match, TextSample
from quell.incidents.literal import LiteralIndex
from quell.incidents.reading import Reading
from quell.vectors.exact import ExactIndex


@dataclass(frozen=True, slots=True)
class Block:
    """The samples of an incident that one encoder has read, and the classifier fitted to them."""

    index: ExactIndex
    classifier: FewShotClassifier

    @property
    def nbytes(self) -> int:
        """The memory of both, in bytes."""
        return self.index.nbytes + self.classifier.nbytes(self.index.vectors)


@dataclass(frozen=True, slots=True)
class FittedIncident:
    """An incident, ready to be asked.

    `counts` says how many of the samples each encoder has read, `blocks` holds the encoders that were
    needed so far.
    """

    name: str
    threshold: float
    samples: Mapping[str, TextSample]
    literals: LiteralIndex
    counts: Mapping[str, int]
    blocks: Mapping[str, Block]

    @property
    def nbytes(self) -> int:
        """The memory of the samples and of all that was fitted to them, in bytes."""
        texts = sum(getsizeof(one) + getsizeof(one.id) + getsizeof(one.text) for one in self.samples.values())
        fitted = sum(block.nbytes for block in self.blocks.values())
        return getsizeof(self.samples) + texts + self.literals.nbytes + fitted

    def encoders_for(self, reading: Reading) -> tuple[str, ...]:
        """Return the encoders that have to read a text to compare it with every sample."""
        first = reading.encoders[0]
        names = reading.encoders if self.counts.get(first) == len(self.samples) else reading.all_encoders
        return tuple(name for name in names if name in self.counts)


def match(reading: Reading, incident: FittedIncident) -> Match:
    """Return the verdict alone: a literal match is a hit, else the likeliest window decides.

    The probability of a text that misses is not searched to the end: only that it misses is sure.
    """
    if incident.literals.find(reading) is not None:
        return _verdict(incident, literal=True, probability=1.0)
    found = _windows(reading, incident, floor=incident.threshold)
    probability = max((best.probability for best in found), default=0.0)
    return _verdict(incident, literal=False, probability=probability)


def explain(reading: Reading, incident: FittedIncident) -> Match:
    """Return the verdict with what decided it: the sample, the stretch of the text, the similarity."""
    sample_id = incident.literals.find(reading)
    if sample_id is not None:
        verdict = _verdict(incident, literal=True, probability=1.0)
        span = incident.literals.span(reading, sample_id)
        return replace(verdict, span=span, sample=incident.samples[sample_id])
    best = max(_windows(reading, incident), key=lambda window: window.probability, default=None)
    if best is None:
        return _verdict(incident, literal=False, probability=0.0)
    block = incident.blocks[best.encoder]
    encoded = reading.encoded(best.encoder)
    rows, similarities = block.index.nearest(encoded.vectors[best.window : best.window + 1])
    return replace(
        _verdict(incident, literal=False, probability=best.probability),
        span=reading.original_span(encoded.windows[best.window]),
        encoder=best.encoder,
        sample=incident.samples[block.index.ids[int(rows[0])]],
        similarity=float(similarities[0]),
    )


@dataclass(frozen=True, slots=True)
class _Window:
    encoder: str
    window: int
    probability: float


def _windows(reading: Reading, incident: FittedIncident, floor: float = 0.0) -> list[_Window]:
    """Return the likeliest window for each encoder that has samples of the incident."""
    found = []
    for name in () if reading.blank else incident.encoders_for(reading):
        classifier = incident.blocks[name].classifier
        probabilities = classifier.probability(reading.encoded(name).vectors, floor)
        window = int(np.argmax(probabilities))
        found.append(_Window(name, window, float(probabilities[window])))
    return found


def _verdict(incident: FittedIncident, *, literal: bool, probability: float) -> Match:
    hit = literal or (bool(incident.samples) and probability >= incident.threshold)
    return Match(incident.name, hit, literal, probability, incident.threshold)
