"""What a server of chat completions understands: asked for everything, then for less where it refuses."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

Message = Mapping[str, Any]
"""A role and its content: a text, or a list of parts, texts and pictures."""

ANSWER_TOKENS = 400
"""Tokens of an answer at most: a label and a few sentences."""

THINKING_TOKENS = 4_000
"""The same for models that count their thoughts in, known by their word for the limit."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """The parts of a request that servers differ in; each step to a simpler one gives up a single part."""

    form: Literal["schema", "object", "plain"] = "schema"
    lengths: bool = True
    probabilities: bool = True
    temperature: bool = True
    thinks: bool = False
    system: bool = True

    def request(
        self, model: str, messages: Sequence[Message], schema: Mapping[str, Any]
    ) -> dict[str, object]:
        """Return the body of a request whose answer shall match a schema."""
        body: dict[str, object] = {
            "model": model,
            "messages": list(messages if self.system else _without_system(messages)),
            "stream": False,
        }
        if self.thinks:
            body["max_completion_tokens"] = THINKING_TOKENS
        else:
            body["max_tokens"] = ANSWER_TOKENS
        if self.temperature:
            body["temperature"] = 0
        if self.probabilities:
            body["logprobs"] = True
        if self.form == "schema":
            wanted = schema if self.lengths else _without_lengths(schema)
            named = {"name": "answer", "strict": True, "schema": wanted}
            body["response_format"] = {"type": "json_schema", "json_schema": named}
        elif self.form == "object":
            body["response_format"] = {"type": "json_object"}
        return body

    def simpler(self, complaint: str) -> "Dialect | None":
        """Return what to try after a request was refused with this complaint; None when nothing is left."""
        told = complaint.lower()
        steps: list[tuple[bool, Dialect]] = [
            ("max_completion_tokens" in told and not self.thinks, replace(self, thinks=True)),
            ("temperature" in told and self.temperature, replace(self, temperature=False)),
            ("logprob" in told and self.probabilities, replace(self, probabilities=False)),
            ("maxlength" in told and self.lengths, replace(self, lengths=False)),
            ("system" in told and "role" in told and self.system, replace(self, system=False)),
            (self.form == "schema", replace(self, form="object")),
            (self.form == "object", replace(self, form="plain")),
            (self.probabilities, replace(self, probabilities=False)),
        ]
        return next((dialect for applies, dialect in steps if applies), None)


def _without_lengths(schema: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any part of a schema
    text = json.dumps(schema)
    return json.loads(text, object_hook=lambda part: {k: v for k, v in part.items() if k != "maxLength"})


def _without_system(messages: Sequence[Message]) -> list[Message]:
    first, second, *rest = messages
    content = second["content"]
    if isinstance(content, str):
        whole: Any = f"{first['content']}\n\n{content}"
    else:
        whole = [{"type": "text", "text": first["content"]}, *content]
    return [{"role": second["role"], "content": whole}, *rest]
