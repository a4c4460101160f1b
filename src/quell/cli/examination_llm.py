"""The examination of the language model that reviews texts: one small review, if there is one."""

import time
from typing import TYPE_CHECKING

from quell.cli.examination import Finding

if TYPE_CHECKING:
    from quell.encoders.routing import EncoderSet
    from quell.settings import Settings

_NAME = "language model"


def language_model(settings: "Settings") -> Finding:
    """Have the model of the settings review a greeting; what stands in its way is raised."""
    if not settings.llm_url:
        return Finding(_NAME, "ok", "None is set; reviewers need none.")
    from quell.app import reviewer_engines
    from quell.reviewers.domain import Label, Policy

    # Without the fallback: a model that does not answer shall show.
    engine = reviewer_engines(settings.model_copy(update={"llm_fallback": False}), _no_encoders)["llm"]
    policy = Policy("doctor", (Label("Greeting", "Says hello."), Label("Other", "Everything else.")))
    start = time.monotonic()
    review = engine.load(policy, engine.build(policy, lambda _: None)).review("Hello there!")
    if review.confidence == 0.0:
        return Finding(_NAME, "warning", f"{settings.llm_model} answers, but with none of the labels.")
    return Finding(_NAME, "ok", f"{settings.llm_model} reviewed a text in {time.monotonic() - start:.1f} s.")


def _no_encoders() -> "EncoderSet":
    raise LookupError("the engine that asks a language model needs no encoders")
