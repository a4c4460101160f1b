"""One question to a model: tries again what may pass, learns what the server understands, refuses in time."""

import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog

from quell.blobs.connecting import Deadline
from quell.chat.answer import Said, read_completion
from quell.chat.client import ChatClient, Reply, Unreachable, Unreadable
from quell.chat.dialect import Dialect, Message
from quell.errors import (
    InternalError,
    InvalidRequestBody,
    QuellError,
    ServerBusy,
    TextRefused,
    TooManyRequests,
)

RETRIES = 2
"""How often a request is sent again that met a server out of order."""

LEARNED_SECONDS = 600.0
"""How long it is remembered what a server does not understand; then everything is asked for once more."""

_PAUSE, _LONGEST_PAUSE = 0.25, 2.0  # seconds before the first further attempt, and at most
_AGAIN_SECONDS = 2
_PASSING = frozenset({408, 500, 502, 503, 504, 529})
_BUSY = _PASSING - {500}
_REFUSED = frozenset({400, 415, 422, 501})
_TOO_LONG = ("context_length", "context length", "exceed_context_size", "context size", "context window")
_log = structlog.get_logger("quell.chat")


class TooLong(Exception):
    """The messages are longer than the model can read."""


class Exchange:
    """Asks one server; what it does not understand is remembered. Safe to use from several threads.

    `dialect` is what is asked for at first.
    """

    def __init__(
        self,
        client: ChatClient,
        *,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
        dialect: Dialect = Dialect(),  # noqa: B008 - frozen
    ) -> None:
        self._client = client
        self._sleep = sleep
        self._chance = chance
        self._clock = clock
        self._first = self._dialect = dialect
        self._learned = 0.0

    def complete(self, messages: Sequence[Message], schema: Mapping[str, Any], deadline: Deadline) -> Said:
        """Return what the model said; raises TooLong or the refusal for the caller."""
        # A server is replaced by a better one now and then, and one odd text may have been misunderstood.
        fresh = self._clock() - self._learned < LEARNED_SECONDS
        dialect = self._dialect if fresh else self._first
        while True:
            reply = self._answered(dialect.request(self._client.place.model, messages, schema), deadline)
            if reply.status == 200:
                break
            code, complaint = _complaint(reply)
            if code == "content_filter":
                raise _filtered()
            if reply.status in {*_REFUSED, 413} and any(words in complaint.lower() for words in _TOO_LONG):
                raise TooLong
            simpler = dialect.simpler(complaint) if reply.status in _REFUSED else None
            if simpler is None:
                raise self._refusal(reply)
            dialect = simpler
        if dialect != self._dialect or not fresh:
            _log.info("llm-dialect", form=dialect.form, probabilities=dialect.probabilities)
            self._dialect, self._learned = dialect, self._clock()
        said = read_completion(reply.body)
        if said is None:
            raise InternalError("The language model's server sent an answer that is no completion.")
        if said.ended == "content_filter":
            raise _filtered()
        return said

    def _answered(self, body: Mapping[str, object], deadline: Deadline) -> Reply:
        """Return an answer that is not out of order, or the last one; raises where none came."""
        for attempt in range(RETRIES + 1):
            asked_to_wait = None
            try:
                reply = self._client.ask(body, deadline)
            except Unreadable as broken:
                raise InternalError(f"The language model's server {broken}.") from broken
            except Unreachable as gone:
                outcome: Reply | QuellError = ServerBusy(
                    f"The language model's server {gone}.",
                    retry_after=_AGAIN_SECONDS,
                    reason="language-model",
                )
            else:
                if reply.status not in _PASSING:
                    return reply
                outcome, asked_to_wait = reply, reply.retry_after
            # All of them wait for different times, or they would meet again.
            pause = (asked_to_wait or 0.0) + self._chance() * _PAUSE * 2**attempt
            left = deadline.at - time.monotonic()
            if attempt == RETRIES or pause > min(_LONGEST_PAUSE, left):
                break
            self._sleep(pause)
        if isinstance(outcome, QuellError):
            _log.warning("llm-unreachable", reason=outcome.message)
            raise outcome
        return outcome

    def _refusal(self, reply: Reply) -> QuellError:
        """Return what the caller is told; never a word of the server's own, which may quote the prompt."""
        _log.warning("llm-refused", status=reply.status)
        wait = None if reply.retry_after is None else max(1, int(reply.retry_after))
        if reply.status == 429:
            return TooManyRequests(
                "The language model has too many requests; retry later.",
                retry_after=wait,
                reason="language-model",
            )
        if reply.status in _BUSY:
            return ServerBusy(
                "The language model is busy; retry later.",
                retry_after=wait or _AGAIN_SECONDS,
                reason="language-model",
            )
        if reply.status in {401, 403}:
            return InternalError("The language model's server refuses the key that Quell has for it.")
        if reply.status == 404 and self._client.place.brought:
            return InvalidRequestBody("The endpoint has no such deployment.", target="aoaiDeployment")
        if 300 <= reply.status < 400:
            return InternalError("The language model's server redirects, and Quell does not follow.")
        return InternalError(f"The language model's server answered {reply.status}.")


def _filtered() -> TextRefused:
    return TextRefused(
        "The language model's own content filter refused what it was shown; set that filter to annotate only."
    )


def _complaint(reply: Reply) -> tuple[str, str]:
    """Return the code of an error and everything it says."""
    try:
        error = json.loads(reply.body)["error"]
        code = str(error.get("code"))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        code = ""
    return code, reply.body.decode("utf-8", "replace")
