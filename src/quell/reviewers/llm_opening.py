"""From an operator's word to engines: the server of the settings, and the endpoints that callers may bring.

engines = open_engines(embedded, "llm", LlmPlan(url="http://127.0.0.1:8080/v1", model="qwen3-8b"))
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from quell.blobs.links import Link, LinkRefused, read_link
from quell.chat import ChatClient, Place, place_of, read_key
from quell.errors import InvalidRequestBody, SettingsRefused
from quell.reviewers.domain import ReviewerEngine
from quell.reviewers.embedded import EmbeddedEngine
from quell.reviewers.engines import EngineFacts, Engines
from quell.reviewers.llm import EXAMPLE_TOKENS, REVIEW_SECONDS, Fallback, LlmEngine

AZURE_VERSION = "2024-10-21"
"""The api-version of Azure OpenAI: the first stable one that takes a JSON Schema."""

_KEPT = 64
_DEPLOYMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class LlmPlan:
    """What an operator says of language models; `allowed` gives each endpoint the file of its key."""

    url: str = ""
    model: str = ""
    key_file: Path | None = None
    seconds: float = REVIEW_SECONDS
    example_tokens: int = EXAMPLE_TOKENS
    fallback: bool = False
    allowed: Mapping[str, str] = field(default_factory=dict)


def open_engines(embedded: Callable[[], ReviewerEngine], default: str, plan: LlmPlan) -> Engines:
    """Return the engines of a server; those that ask a language model are there if the plan names one."""
    makers: dict[str, Callable[[], ReviewerEngine]] = {EmbeddedEngine.name: embedded}
    facts = [EngineFacts(EmbeddedEngine.name, EmbeddedEngine.revision)]
    if plan.url:
        place = place_of(plan.url, plan.model, plan.key_file, "llm_url")
        revision = f"{EmbeddedEngine.name}-{EmbeddedEngine.revision}"
        fallback = Fallback(lambda: engines[EmbeddedEngine.name], revision) if plan.fallback else None
        makers[LlmEngine.name] = lambda: open_llm(place, plan, fallback)
        facts.append(EngineFacts(LlmEngine.name, LlmEngine.revision_with(fallback), plan.model))
    bring = Brought(plan) if plan.allowed else None
    engines = Engines(makers, default, waits=frozenset({LlmEngine.name}), bring=bring, facts=facts)
    return engines


def open_llm(place: Place, plan: LlmPlan, fallback: Fallback | None = None) -> LlmEngine:
    """Return the engine that asks one place."""
    return LlmEngine.over(
        ChatClient(place), seconds=plan.seconds, example_tokens=plan.example_tokens, fallback=fallback
    )


class Brought:
    """Engines for the endpoints and deployments that requests name; only allowed endpoints have one.

    The key of an endpoint is the operator's, and goes to that endpoint alone.
    """

    def __init__(self, plan: LlmPlan) -> None:
        self._plan = replace(plan, fallback=False)
        self._keys = {
            _origin(_link(endpoint, "llm_allowed_endpoints")): read_key(Path(file)) if file else None
            for endpoint, file in plan.allowed.items()
        }
        self._made: OrderedDict[tuple[Link, str], LlmEngine] = OrderedDict()
        self._making = threading.Lock()

    def __call__(self, endpoint: str, deployment: str) -> ReviewerEngine:
        """Return the engine of an endpoint and deployment; raises InvalidRequestBody where that is barred."""
        try:
            origin = _origin(read_link(endpoint))
        except LinkRefused as refused:
            raise InvalidRequestBody(
                f"The field 'aoaiEndpoint' is refused: {refused}.", target="aoaiEndpoint"
            ) from refused
        if origin not in self._keys:
            raise InvalidRequestBody(
                "The field 'aoaiEndpoint' names an endpoint that this server's operator has not allowed.",
                target="aoaiEndpoint",
            )
        if not _DEPLOYMENT.fullmatch(deployment):
            raise InvalidRequestBody(
                "The field 'aoaiDeployment' must have 1 to 64 letters, digits, dots, hyphens or underscores.",
                target="aoaiDeployment",
            )
        with self._making:
            made = self._made.pop((origin, deployment), None)
            made = made or open_llm(self._place(origin, deployment), self._plan)
            self._made[origin, deployment] = made
            while len(self._made) > _KEPT:
                self._made.popitem(last=False)
            return made

    def _place(self, origin: Link, deployment: str) -> Place:
        link = replace(
            origin,
            path=f"/openai/deployments/{deployment}/chat/completions",
            query=f"api-version={AZURE_VERSION}",
        )
        return Place(link, deployment, self._keys[origin], "api-key", brought=True)


def _link(url: str, setting: str) -> Link:
    try:
        return read_link(url)
    except LinkRefused as refused:
        raise SettingsRefused(f"The setting {setting} has a URL that is refused: {refused}.") from refused


def _origin(link: Link) -> Link:
    return replace(link, path="/", query="")
