"""A text, read once: normalised, cut into windows and turned into vectors, each when it is first needed."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from quell.encoders.base import Window
from quell.encoders.routing import EncoderSet
from quell.errors import InvalidRequestBody
from quell.incidents.domain import Embedding, ReadSample
from quell.observability.stages import stage
from quell.text.normalise import Normalised, literal_key, normalise, plain_key

_RULES = "rules-1"
"""Counts up when normalisation changes what stored samples look like; they are then read again."""


@dataclass(frozen=True, slots=True)
class EncodedText:
    """What one encoder made of a text: its windows and their vectors, (windows, dim) float32, unit norm."""

    windows: list[Window]
    vectors: NDArray[np.float32]


class Reading:
    """A text under examination by one thread, for any number of incidents."""

    def __init__(self, text: str, encoders: EncoderSet) -> None:
        self.text = text
        self._encoders = encoders
        self._encoded: dict[str, EncodedText] = {}

    @cached_property
    def normalised(self) -> Normalised:
        """The text with evasion tricks undone."""
        return normalise(self.text)

    @property
    def blank(self) -> bool:
        """Whether nothing is left to read once invisible characters are gone."""
        return not self.normalised.text.strip()

    @cached_property
    def literal(self) -> str:
        """The text as literal matching reads it: words between single spaces, one more at either end."""
        return f" {literal_key(self.normalised.text)} "

    @cached_property
    def words(self) -> frozenset[str]:
        """The words that literal matching sees."""
        return frozenset(self.literal.split())

    @cached_property
    def plain(self) -> str:
        """The same of the text as it was sent, for what reads otherwise among other words."""
        return f" {plain_key(self.text)} "

    @cached_property
    def plain_words(self) -> frozenset[str]:
        """The words of the text as it was sent."""
        return frozenset(self.plain.split())

    @cached_property
    def encoders(self) -> tuple[str, ...]:
        """The encoders to ask where all samples were read by the first of them."""
        return self._encoders.for_text(self.normalised.text)

    @cached_property
    def all_encoders(self) -> tuple[str, ...]:
        """The encoders to ask where some samples are in other languages."""
        return self._encoders.for_text(self.normalised.text, foreign_samples=True)

    def encoded(self, encoder: str) -> EncodedText:
        """Return the windows of the normalised text and their vectors."""
        found = self._encoded.get(encoder)
        if found is None:
            with stage("encode"):
                found = EncodedText(*self._encoders[encoder].encode_windows(self.normalised.text))
            self._encoded[encoder] = found
        return found

    def original_span(self, window: Window) -> tuple[int, int]:
        """Return where a window of the normalised text lies in the text as it was sent."""
        return self.normalised.span(window.start, window.end)


class TextReader:
    """Reads texts and samples with the encoders of this server."""

    def __init__(self, encoders: EncoderSet) -> None:
        self._encoders = encoders
        named = (f"{name}@{encoders[name].revision}" for name in encoders.names)
        self.reading = " ".join((_RULES, *named))

    def text(self, text: str) -> Reading:
        """Open a text; nothing is computed yet."""
        return Reading(text, self._encoders)

    def sample(self, text: str, target: str = "text") -> ReadSample:
        """Read a text that is to become a sample; `target` names it where it has to be refused."""
        readable = normalise(text).text
        if not readable.strip():
            raise InvalidRequestBody(f"The field '{target}' must not be blank.", target=target)
        names = self._encoders.for_sample(readable)
        embeddings = tuple(
            Embedding(name, self._encoders[name].revision, self._encoders[name].encode(readable))
            for name in names
        )
        return ReadSample(text, literal_key(readable), self.reading, embeddings)
