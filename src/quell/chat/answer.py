"""What a server of chat completions answered: the first choice, whatever it says."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Said:
    """The words of a model, why it ended, and its tokens with the logarithm of their probability."""

    content: str
    ended: str
    tokens: tuple[tuple[str, float], ...] = ()


def read_completion(body: bytes) -> Said | None:
    """Return the first choice of a completion; None for what is no completion."""
    try:
        choice = json.loads(body)["choices"][0]
        content = choice["message"].get("content")
        ended = choice.get("finish_reason")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return Said(
        content if isinstance(content, str) else "", ended if isinstance(ended, str) else "", _tokens(choice)
    )


def _tokens(choice: Mapping[str, Any]) -> tuple[tuple[str, float], ...]:
    try:
        listed: Sequence[Mapping[str, Any]] = choice["logprobs"]["content"]
        return tuple((str(one["token"]), float(one["logprob"])) for one in listed)
    except (LookupError, TypeError, ValueError):
        return ()
