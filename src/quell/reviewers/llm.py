"""The engine that asks a language model: any server that speaks OpenAI's chat completions.

policy ─▶ the examples to show ─▶ a few bytes (and what the fallback builds)
text ─▶ policy, examples, text as material ─▶ server ─▶ JSON ─▶ label, reasoning, confidence
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from quell.chat import ChatClient, Exchange
from quell.errors import ModelUnusable
from quell.reviewers.domain import Policy, Reviewer, ReviewerEngine
from quell.reviewers.embedded_layout import REMEDY, digest
from quell.reviewers.llm_examples import choose
from quell.reviewers.llm_prompt import Prompt
from quell.reviewers.llm_reviewer import LlmReviewer

EXAMPLE_TOKENS = 1_500
"""Tokens that the shown examples may take."""

REVIEW_SECONDS = 30.0
"""How long a review may take, with all attempts."""


@dataclass(frozen=True, slots=True)
class Fallback:
    """The engine that decides where the server cannot, made when it is needed, and its name and revision."""

    engine: Callable[[], ReviewerEngine]
    revision: str


class LlmEngine:
    """Makes reviewers that ask one server; safe to use from several threads.

    Without a fallback a failure of the server is one of the review.
    """

    name = "llm"
    revision = "1"

    def __init__(
        self,
        exchange: Exchange,
        *,
        seconds: float = REVIEW_SECONDS,
        example_tokens: int = EXAMPLE_TOKENS,
        fallback: Fallback | None = None,
    ) -> None:
        self._exchange = exchange
        self._seconds = seconds
        self._example_tokens = example_tokens
        self._fallback = fallback.engine if fallback else None
        self.revision = self.revision_with(fallback)

    @classmethod
    def over(
        cls,
        client: ChatClient,
        *,
        seconds: float = REVIEW_SECONDS,
        example_tokens: int = EXAMPLE_TOKENS,
        fallback: Fallback | None = None,
    ) -> "LlmEngine":
        """Ask through a client."""
        return cls(Exchange(client), seconds=seconds, example_tokens=example_tokens, fallback=fallback)

    @classmethod
    def revision_with(cls, fallback: Fallback | None) -> str:
        """Return the revision: what was built without a fallback, or with another, lacks what is loaded."""
        return f"{cls.revision}+{fallback.revision}" if fallback else cls.revision

    def build(self, policy: Policy, progress: Callable[[float], None]) -> bytes:
        """Choose the examples to show, and let the fallback build; the server is not asked."""
        progress(0.0)
        head = {"policy": digest(policy), "shown": choose(policy, self._example_tokens)}
        rest = self._fallback().build(policy, progress) if self._fallback else b""
        progress(1.0)
        return json.dumps(head).encode() + b"\n" + rest

    def load(self, policy: Policy, built: bytes) -> Reviewer:
        """Return the reviewer; bytes that were built for another policy are refused (ModelUnusable)."""
        head, _, rest = built.partition(b"\n")
        try:
            facts = json.loads(head)
            known = facts["policy"] == digest(policy)
            shown = [policy.examples[int(at)] for at in facts["shown"]] if known else []
        except (ValueError, LookupError, TypeError, RecursionError) as broken:
            raise ModelUnusable(f"The built reviewer cannot be read. {REMEDY}") from broken
        if not known:
            raise ModelUnusable(f"The reviewer was built from another policy. {REMEDY}")
        return LlmReviewer(
            policy,
            Prompt(policy, shown),
            self._exchange,
            engine=self.name,
            seconds=self._seconds,
            fallback=self._fallback().load(policy, rest) if self._fallback else None,
        )
