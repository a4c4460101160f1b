"""Auto reviewers: what a policy is, what engines make of it, and the rules both keep to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

Status = Literal["NotStarted", "Running", "Succeeded", "Failed"]

OTHER_NAMES = frozenset({"other", "others"})
"""What the label may be called, in any case, that stands for everything no other label fits."""

LEAST_LABELS, MOST_LABELS = 2, 10
LABEL_LENGTH = 64
DESCRIPTION_LENGTH = 4_000
"""Code points of a label's description."""

REVIEW_LENGTH = 1_000
"""Code points of a text that is reviewed."""

EXAMPLES_BYTES = 1024 * 1024
"""The size of an examples file, in bytes."""

EXAMPLES = 20_000
"""Examples of one version; a file of the largest size has no more of any use."""

BUILT_BYTES = 16 * 1024 * 1024
"""The size of what an engine builds, in bytes."""


_ROUNDS_UP = 0.995


@dataclass(frozen=True, slots=True)
class Label:
    """One of the answers a reviewer may give, and what it means."""

    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Example:
    """A text with the name of its label, in the spelling of the policy, and perhaps why."""

    text: str
    label: str
    reasoning: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """What a reviewer goes by: its name, 2 to 10 labels with one for the rest, and examples."""

    reviewer: str
    labels: tuple[Label, ...]
    examples: tuple[Example, ...] = ()

    @property
    def other(self) -> Label:
        """The label for everything that no other label fits."""
        return next(label for label in self.labels if is_other(label.name))


@dataclass(frozen=True, slots=True)
class Review:
    """The label that a text was given, why, and how sure the engine is, from 0 to 1."""

    label: str
    reasoning: str
    confidence: float
    engine: str


def spoken(confidence: float) -> str:
    """Return a confidence as a sentence says it: two digits, and never a certainty that rounding made."""
    return "above 0.99" if confidence >= _ROUNDS_UP else f"{confidence:.2f}"


def written(confidence: float) -> float:
    """Return a confidence as an answer has it: four digits, and never a certainty that rounding made."""
    return min(round(confidence, 4), 0.9999)


class Reviewer(Protocol):
    """Reviews texts by one version of a policy."""

    def review(self, text: str) -> Review:
        """Return the review of a text; blocks, and is safe to call from several threads at once."""


class ReviewerEngine(Protocol):
    """Makes reviewers of policies.

    `name` tells engines apart; `revision` changes when bytes that were built before cannot be loaded.
    """

    name: str
    revision: str

    def build(self, policy: Policy, progress: Callable[[float], None]) -> bytes:
        """Return what a policy comes to, at most BUILT_BYTES; the same for the same policy.

        Runs in a child process; `progress` is called with 0 to 1 and may raise to end the work.
        """

    def load(self, policy: Policy, built: bytes) -> Reviewer:
        """Return the reviewer of a policy from what was built; in less than 100 ms."""


@dataclass(frozen=True, slots=True)
class Definition:
    """What a caller says of a new version."""

    labels: tuple[Label, ...]
    example_blob_url: str | None = None
    blob_delimiter: str | None = None
    engine: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewerVersion:
    """One numbered version of a reviewer.

    `id` differs from version to version and is never used again; `version` counts from 1. Times are in
    microseconds since 1970.
    """

    id: str
    reviewer: str
    version: int
    labels: tuple[Label, ...]
    engine: str
    created: int
    status: Status
    example_blob_url: str | None = None
    blob_delimiter: str | None = None
    example_blob_copy_url: str | None = None
    error: str | None = None
    examples: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a server keeps."""

    reviewers: int = 100
    versions: int = 1_000


def is_other(name: str) -> bool:
    """Whether a label of this name stands for the rest."""
    return name.casefold() in OTHER_NAMES
