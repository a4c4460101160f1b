"""What a model said: a label of the policy and why, or nothing that can be used."""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from quell.chat import Said
from quell.reviewers.domain import Policy, is_other

REASONING_LENGTH = 1_000
"""Code points of a reasoning that are passed on."""

UNKNOWN_CONFIDENCE = 0.5
"""The confidence in a label whose probability the server does not tell."""

_THOUGHTS = re.compile(r"<think>.*?(</think>|\Z)", re.DOTALL)
_NAME = re.compile(r'"labelName"\s*:\s*"', re.IGNORECASE)
_LABEL = re.compile(r'"labelName"\s*:\s*("(?:[^"\\]|\\.)*")', re.IGNORECASE)
_WHY = re.compile(r'"reasoning"\s*:\s*("(?:[^"\\]|\\.)*"?)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A label in the policy's spelling, the model's reasoning, and the probability of the label, 0 to 1."""

    label: str
    reasoning: str
    confidence: float


def read_verdict(policy: Policy, said: Said) -> Verdict | None:
    """Return the label that was chosen; None where the words are not one of the labels.

    JSON is read wherever it stands; of an answer that was cut off, the label counts if it is whole.
    """
    # Some servers leave out where the thoughts begin.
    words = _THOUGHTS.sub("", said.content.rpartition("</think>")[2]).strip()
    found = _members(words)
    name, why = (found.get("labelname"), found.get("reasoning")) if found else _pieces(words)
    label = _spelled(policy, name if isinstance(name, str) else words)
    if label is None:
        return None
    reasoning = readable(why) if isinstance(why, str) else ""
    probability = _probability(said.tokens)
    return Verdict(
        label,
        reasoning or "The language model gave no reason.",
        UNKNOWN_CONFIDENCE if probability is None else probability,
    )


def readable(text: str) -> str:
    """Return a text in one line without control characters, cut to REASONING_LENGTH."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= REASONING_LENGTH else line[: REASONING_LENGTH - 1] + "…"


def _members(words: str) -> dict[str, object] | None:
    decoder = json.JSONDecoder()
    for start in [at for at, char in enumerate(words) if char == "{"][:20]:
        try:
            value, _ = decoder.raw_decode(words, start)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            members = {str(name).lower(): member for name, member in value.items()}
            if "labelname" in members:
                return members
    return None


def _pieces(words: str) -> tuple[str | None, str | None]:
    label, why = _LABEL.search(words), _WHY.search(words)
    return (_string(label[1]) if label else None), (_string(why[1]) if why else None)


def _string(literal: str) -> str | None:
    closed = literal if literal.endswith('"') and len(literal) > 1 else f'{literal}"'
    try:
        value = json.loads(closed, strict=False)
    except ValueError:
        return None
    return value if isinstance(value, str) else None


def _spelled(policy: Policy, name: str) -> str | None:
    wanted = name.strip().strip("\"'`.*").strip().casefold()
    for label in policy.labels:
        if label.name.casefold() == wanted:
            return label.name
    return policy.other.name if is_other(wanted) else None


def _probability(tokens: Sequence[tuple[str, float]]) -> float | None:
    """Return the product of the probabilities of the tokens that spell the label."""
    found = _NAME.search("".join(token for token, _ in tokens))
    if found is None:
        return None
    start, end = found.end(), "".join(token for token, _ in tokens).find('"', found.end())
    if end <= start:
        return None
    total, at = 0.0, 0
    for token, logarithm in tokens:
        if at < end and at + len(token) > start:
            total += logarithm
        at += len(token)
    return math.exp(min(total, 0.0)) if not math.isnan(total) else None
