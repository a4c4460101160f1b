"""Reviews a text by asking a language model."""

import math
import secrets
from collections.abc import Callable

from quell.blobs.connecting import Deadline
from quell.chat import Exchange, Said, TooLong, until
from quell.errors import InternalError, QuellError, ServerBusy, TextRefused, TooManyRequests
from quell.reviewers.domain import Policy, Review, Reviewer
from quell.reviewers.llm_answer import read_verdict, readable
from quell.reviewers.llm_prompt import Prompt


def new_code() -> str:
    """Return a code that nobody can guess."""
    return secrets.token_hex(16)


class LlmReviewer:
    """One version of a policy, ready to review; safe to use from several threads.

    `seconds` bound a review with all its attempts. `fallback` decides where the model cannot.
    """

    def __init__(
        self,
        policy: Policy,
        prompt: Prompt,
        exchange: Exchange,
        *,
        engine: str,
        seconds: float,
        fallback: Reviewer | None = None,
        code: Callable[[], str] = new_code,
    ) -> None:
        self._policy = policy
        self._prompt = prompt
        self._exchange = exchange
        self._engine = engine
        self._seconds = seconds
        self._fallback = fallback
        self._code = code
        self._too_long = math.inf

    def review(self, text: str) -> Review:
        """Return the model's review; raises what stands in its way, or lets the fallback decide."""
        try:
            return self._asked(text)
        except (TooManyRequests, ServerBusy, InternalError) as failed:
            if self._fallback is None:
                raise
            return _instead(self._fallback.review(text), failed)

    def _asked(self, text: str) -> Review:
        deadline, code = until(self._seconds), self._code()
        cut_off = False
        for again in (False, True):
            said = self._said(text, code, deadline, again=again)
            cut_off = said.ended == "length"
            verdict = read_verdict(self._policy, said)
            if verdict is not None:
                # The code is of no use to anyone any more, and of no interest either.
                reasoning = readable(verdict.reasoning.replace(code, "…"))
                return Review(verdict.label, reasoning, verdict.confidence, self._engine)
        if cut_off:
            raise InternalError(
                "The language model was cut off before it chose a label; one that thinks must be told not to."
            )
        other = self._policy.other.name
        reasoning = (
            f"The language model answered twice without choosing one of the labels; a text that cannot be "
            f"decided gets '{other}'."
        )
        return Review(other, reasoning, 0.0, self._engine)

    def _said(self, text: str, code: str, deadline: Deadline, *, again: bool) -> Said:
        schema = self._prompt.schema
        if len(text) < self._too_long and self._prompt.has_examples:
            try:
                return self._exchange.complete(
                    self._prompt.messages(text, code, again=again), schema, deadline
                )
            except TooLong:
                # A shorter text may still leave room for them.
                self._too_long = min(self._too_long, len(text))
        bare = self._prompt.messages(text, code, examples=False, again=again)
        try:
            return self._exchange.complete(bare, schema, deadline)
        except TooLong as long:
            raise TextRefused("The policy and the text are longer than the language model reads.") from long


def _instead(review: Review, failed: QuellError) -> Review:
    told = f"{failed.message.rstrip('.')}, so the engine '{review.engine}' decided. {review.reasoning}"
    return Review(review.label, told, review.confidence, review.engine)
