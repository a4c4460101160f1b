"""Incidents, their samples, and what a match is. Times are integers, microseconds since 1970 in UTC."""

from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from quell.values import KEEP, Keep

C = TypeVar("C")

Medium = Literal["text", "image"]

DEFAULT_SENSITIVITY = 0.5


SAMPLES_PER_CALL = 100
SAMPLE_LENGTH = 1_024
"""Code points of a sample at most."""
DEFINITION_LENGTH = 1_024
"""Code points of a description or definition at most."""
TEXT_LENGTH = 10_000
"""Code points of a text that is checked at most."""
PREVIEW_TEXTS = 10_000
PREVIEW_IMAGES = 100
MAX_SAMPLES = 1_000
PICTURE_BYTES = 64 * 1024 * 1024
"""Bytes of the pictures that one request takes in or gives out at most."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one server keeps."""

    incidents: int = 100
    samples: int = MAX_SAMPLES


@dataclass(frozen=True, slots=True)
class IncidentChange:
    """What a PATCH asks for: None removes a text, KEEP leaves the field as it is."""

    description: str | Keep | None = KEEP
    definition: str | Keep | None = KEEP
    sensitivity: float | Keep = KEEP


@dataclass(frozen=True, slots=True)
class Incident:
    """A named bundle of samples. `id` differs when a deleted incident's name is used again."""

    id: str
    name: str
    description: str | None
    definition: str | None
    sensitivity: float
    created: int
    updated: int
    samples: int = 0

    @property
    def threshold(self) -> float:
        """The probability from which a match is a hit, 0 to 1."""
        return threshold(self.sensitivity)


@dataclass(frozen=True, slots=True)
class TextSample:
    """One text of an incident."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Embedding:
    """What one encoder made of a text: (dim,) float32, unit norm."""

    encoder: str
    revision: str
    vector: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ReadSample:
    """A text that was read once, to be stored as a sample.

    `literal` is what a literal match looks for, `reading` names the rules and encoders that read the text.
    """

    text: str
    literal: str
    reading: str
    embeddings: tuple[Embedding, ...]


@dataclass(frozen=True, slots=True)
class ImageSample:
    """One picture of an incident; `content` is the file as it was sent, None where only the id was asked."""

    id: str
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ReadPicture:
    """A picture that was read once, to be stored as a sample.

    `content` is the file, `width` and `height` are pixels as shown. `copies` is what finding copies needs
    of it, `reading` names the rules and the network that made it.
    """

    content: bytes = field(repr=False)
    format: str
    width: int
    height: int
    reading: str
    copies: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class IncidentCopy(Generic[C]):
    """All that moves when an incident is exported and imported; ids, times and vectors are made anew.

    A sample is a text, or the file of a picture.
    """

    name: str
    description: str | None
    definition: str | None
    sensitivity: float
    samples: tuple[C, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """How a text relates to an incident, and what decided it.

    `probability` and `threshold` are 0 to 1, `similarity` is a cosine, `span` counts code points of the
    text as it was sent. `sample`, `similarity` and `encoder` are None where nothing was compared, or
    where only the verdict was asked for.
    """

    incident: str
    hit: bool
    literal: bool
    probability: float
    threshold: float
    span: tuple[int, int] | None = None
    encoder: str | None = None
    sample: TextSample | None = None
    similarity: float | None = None


@dataclass(frozen=True, slots=True)
class ImageMatch:
    """How a picture relates to an incident, and what decided it.

    `probability` and `threshold` are 0 to 1; `how` says by what kind of comparison. `region` is where the
    sample lies, `x0, y0, x1, y1` in pixels of the picture as shown, `frame` the frame that shows it. `how`,
    `sample_id` and `region` are None where nothing resembles a sample.
    """

    incident: str
    hit: bool
    probability: float
    threshold: float
    how: Literal["hash", "embedding", "geometry"] | None = None
    sample_id: str | None = None
    region: tuple[int, int, int, int] | None = None
    frame: int = 0


def threshold(sensitivity: float) -> float:
    """Return the probability from which a match is a hit."""
    return 1.0 - sensitivity
