"""Judges what a picture shows by asking a vision model: any server that speaks OpenAI's chat completions.

picture ─▶ a small JPEG ─▶ server ─▶ JSON ─▶ a severity for each category, and why
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

from quell.chat import ChatClient, Dialect, Exchange, TooLong, place_of, until
from quell.errors import InternalError
from quell.scenes.domain import PictureToJudge, SceneLevel
from quell.scenes.sheet import data_url
from quell.scenes.vision_prompt import CATEGORIES, answer_schema, messages

SECONDS = 30.0
"""How long a picture may take, with all attempts."""

REASON_LENGTH = 300
"""Code points of a reason that are passed on."""

_LEVELS = range(8)
_THOUGHTS = re.compile(r"<think>.*?(</think>|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class VisionPlan:
    """What an operator says of a vision model; without a URL there is none.

    `lenient`: a verdict may do without it where it fails.
    """

    url: str = ""
    model: str = ""
    key_file: Path | None = None
    seconds: float = SECONDS
    lenient: bool = False


class VisionReader:
    """Asks one model for all four categories; safe to use from several threads."""

    categories = CATEGORIES
    waits = True

    def __init__(self, exchange: Exchange, plan: VisionPlan) -> None:
        self.name = plan.model
        self.lenient = plan.lenient
        self._exchange = exchange
        self._seconds = plan.seconds

    @classmethod
    def open(cls, plan: VisionPlan) -> Self:
        """Return a reader that asks the model of the settings; raises SettingsRefused."""
        place = place_of(plan.url, plan.model, plan.key_file, "image_llm_url")
        exchange = Exchange(ChatClient(place), dialect=Dialect(probabilities=False))
        return cls(exchange, plan)

    def read(self, picture: PictureToJudge) -> Mapping[str, SceneLevel]:
        """Return the level of each category; raises what stands in the way of an answer."""
        return self.question(picture)()

    def question(self, picture: PictureToJudge) -> Callable[[], Mapping[str, SceneLevel]]:
        """Return what asks about the picture when it is called; holds only the small JPEG that is sent."""
        return partial(self._asked, *data_url(picture))

    def _asked(self, url: str, count: int) -> Mapping[str, SceneLevel]:
        deadline, schema = until(self._seconds), answer_schema()
        for again in (False, True):
            try:
                said = self._exchange.complete(messages(url, count, again=again), schema, deadline)
            except TooLong as long:
                raise InternalError("The picture is larger than the vision model reads.") from long
            levels = read_levels(said.content)
            if levels is not None:
                return levels
        raise InternalError("The vision model answered twice without a severity for each category.")


def read_levels(content: str) -> Mapping[str, SceneLevel] | None:
    """Return what was answered; None unless every category has a severity. JSON counts wherever it stands."""
    words = _THOUGHTS.sub("", content)
    decoder = json.JSONDecoder()
    for start in [at for at, char in enumerate(words) if char == "{"][:20]:
        try:
            found, _ = decoder.raw_decode(words, start)
        except (ValueError, RecursionError):
            continue
        levels = {name: _level(found.get(name)) for name in CATEGORIES} if isinstance(found, dict) else {}
        known = {name: level for name, level in levels.items() if level is not None}
        if known and len(known) == len(CATEGORIES):
            reason = _line(found.get("reason"))
            return {name: SceneLevel(level, {}, reason) for name, level in known.items()}
    return None


def _level(given: object) -> int | None:
    """Read a severity of 0 to 7, brought down to 0, 2, 4 or 6; a bool is none."""
    if isinstance(given, bool) or not isinstance(given, int | float) or given not in _LEVELS:
        return None
    return int(given) // 2 * 2


def _line(given: object) -> str:
    """Return a reason in one line, without control characters, cut to REASON_LENGTH."""
    text = given if isinstance(given, str) else ""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:REASON_LENGTH]
