"""The embedded engine: a policy becomes a classifier on the encoders that ship, with nothing to set up.

    policy ─▶ read descriptions and examples ─▶ one LabelScorer per encoder ─▶ bytes
    text ─▶ the best encoder that knows the policy ─▶ probabilities ─▶ label, reasons, confidence

It works from descriptions alone and better with each example. A text in a language that the special encoder
does not read is compared by the general one.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quell.encoders.base import TextEncoder
from quell.encoders.routing import EncoderSet
from quell.errors import ModelUnusable
from quell.reviewers.domain import Label, Policy, Reviewer, is_other
from quell.reviewers.embedded_languages import NEARLY_ALL, shared
from quell.reviewers.embedded_layout import REMEDY, Arrays, digest, pack, unpack
from quell.reviewers.embedded_ordinary import Ordinary
from quell.reviewers.embedded_reviewer import EmbeddedReviewer, Speech
from quell.reviewers.embedded_scoring import Known, LabelScorer
from quell.text.language import UNKNOWN
from quell.text.normalise import normalise

MOST_EXAMPLES = 6_000
"""Examples that are read; of more, each label keeps its share, evenly spaced."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The examples that are read: their texts, the numbers of their labels, their places in the policy."""

    texts: tuple[str, ...]
    owners: NDArray[np.int32]
    places: NDArray[np.int32]


class EmbeddedEngine:
    """Makes reviewers that need nothing but the encoders that ship; safe to use from several threads."""

    name = "embedded"
    revision = "5"

    def __init__(self, encoders: EncoderSet, ordinary: Mapping[str, Ordinary]) -> None:
        self._encoders = encoders
        self._ordinary = dict(ordinary)
        self._read: dict[tuple[str, bytes], NDArray[np.float32]] = {}

    @classmethod
    def shipped(cls, encoders: EncoderSet) -> "EmbeddedEngine":
        """Take the backgrounds that ship with the encoders."""
        return cls(encoders, {name: Ordinary.load(name, encoders[name].revision) for name in encoders.names})

    def build(self, policy: Policy, progress: Callable[[float], None]) -> bytes:
        """Read the policy and fit its scorers; the same bytes for the same policy."""
        progress(0.0)
        shown = _shown(policy)
        descriptions = [phrase(label) for label in policy.labels]
        languages = self._languages(policy, shown)
        names = self._readers(languages)
        arrays: Arrays = {}
        for number, name in enumerate(names):
            rows = self._vectors(
                self._encoders[name], [*descriptions, *shown.texts], _share(progress, number, len(names))
            )
            described, examples = rows[: len(descriptions)], rows[len(descriptions) :]
            known = Known(described, examples, shown.owners, shown.places, _rest(policy))
            scorer = LabelScorer.fit(known, self._ordinary[name])
            arrays |= {f"{name}/{key}": array for key, array in scorer.arrays().items()}
        progress(1.0)
        return pack(
            {
                "revision": self.revision,
                "policy": digest(policy),
                "encoders": self._made_for(names),
                "language": shared(languages),
            },
            arrays,
        )

    def load(self, policy: Policy, built: bytes) -> Reviewer:
        """Return the reviewer; bytes of another revision, policy or encoder are refused (ModelUnusable)."""
        facts, arrays = unpack(built)
        made_for = facts.get("encoders")
        if facts.get("revision") != self.revision or not isinstance(made_for, dict):
            raise ModelUnusable(f"The reviewer was built by another revision of the engine. {REMEDY}")
        if facts.get("policy") != digest(policy):
            raise ModelUnusable(f"The reviewer was built from another policy. {REMEDY}")
        if not made_for or made_for != self._made_for([name for name in made_for if name in self._ordinary]):
            raise ModelUnusable(f"The reviewer was built with another encoder. {REMEDY}")
        scorers = {}
        for name in made_for:
            own = {
                key.removeprefix(f"{name}/"): one for key, one in arrays.items() if key.startswith(f"{name}/")
            }
            try:
                scorers[name] = LabelScorer.of(own, _rest(policy), self._ordinary[name])
            except (KeyError, TypeError) as broken:
                raise ModelUnusable(f"The built reviewer lacks {broken}. {REMEDY}") from broken
        middles = {name: self._ordinary[name].middles for name in made_for}
        speech = Speech(str(facts.get("language", UNKNOWN)), middles)
        return EmbeddedReviewer(policy, self._encoders, scorers, speech, self.name)

    def _made_for(self, names: Sequence[str]) -> dict[str, str]:
        return {name: self._encoders[name].revision for name in names}

    def _languages(self, policy: Policy, shown: Shown) -> list[str]:
        """Return the language of each description, the rest's apart, and of each example."""
        texts = [*(label.description for label in policy.labels if not is_other(label.name)), *shown.texts]
        return [self._encoders.language(text) for text in texts]

    def _readers(self, languages: Sequence[str]) -> list[str]:
        """Name the encoders: the general one, and a special one that can read nearly all of the policy."""
        general = self._encoders.names[0]
        read = [self._encoders.for_language(language) for language in languages]
        special = [name for name in self._encoders.names[1:] if read.count(name) >= NEARLY_ALL * len(read)]
        return [general, *special]

    def _vectors(
        self, encoder: TextEncoder, texts: Sequence[str], progress: Callable[[float], None]
    ) -> NDArray[np.float32]:
        rows = []
        for at, text in enumerate(texts):
            key = (encoder.name, hashlib.sha256(text.encode("utf-8", "replace")).digest())
            if key not in self._read:
                # Folds of a cross-validation read the same examples again and again.
                if len(self._read) >= _REMEMBERED:
                    self._read.clear()
                self._read[key] = encoder.encode(normalise(text).text)
            rows.append(self._read[key])
            progress((at + 1) / len(texts))
        return np.stack(rows)


def phrase(label: Label) -> str:
    """Return what stands for a label without examples: of five phrasings the one that told most apart."""
    return f"{label.description} {label.name}"


def _shown(policy: Policy) -> Shown:
    """Choose the examples that are read: all, or of too many an evenly spaced share of each label."""
    number = {label.name: at for at, label in enumerate(policy.labels)}
    owners = np.array([number[example.label] for example in policy.examples], np.int32)
    places = np.arange(len(owners), dtype=np.int32)
    if len(owners) > MOST_EXAMPLES:
        kept = []
        for label in range(len(policy.labels)):
            own = places[owners == label]
            share = max(1, int(MOST_EXAMPLES * len(own) / len(owners)))
            kept.append(own[np.linspace(0, len(own) - 1, min(share, len(own))).astype(np.int32)])
        places = np.sort(np.concatenate(kept)).astype(np.int32)
        owners = owners[places]
    return Shown(tuple(policy.examples[at].text for at in places), owners, places)


def _share(progress: Callable[[float], None], number: int, of: int) -> Callable[[float], None]:
    """Return the progress of one of several equal parts of the work."""
    return lambda done: progress((number + done) / of)


def _rest(policy: Policy) -> int:
    return policy.labels.index(policy.other)


_REMEMBERED = 20_000
