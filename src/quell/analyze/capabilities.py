"""Quell's own capabilities: what this server judges with, how much it sees, what it has not built."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter

from quell.analyze.domain import Category
from quell.analyze.image_domain import Coverage
from quell.http.operations import OperationTable
from quell.http.wire import WireAnswer, WireResponse
from quell.reviewers.engines import Engines


@dataclass(frozen=True, slots=True)
class Engine:
    """A model that answers rest on; `languages` where it reads text."""

    task: str
    name: str
    revision: str
    languages: tuple[str, ...] = ()


class EngineAnswer(WireAnswer):
    """A model that answers rest on: what it does, its name, the revision of its weights."""

    task: str
    name: str
    revision: str
    languages: list[str]


class ReviewEngineAnswer(WireAnswer):
    """What auto reviewers are built and run by; `model` where it asks a language model."""

    name: str
    revision: str
    model: str | None = None


class ReviewsAnswer(WireAnswer):
    """Which engine new auto reviewers get, all engines there are, whether a language model is set up.

    `ownDeployments`: whether requests may name a deployment of their own.
    """

    default_engine: str
    engines: list[ReviewEngineAnswer]
    language_model: bool
    own_deployments: bool

    @classmethod
    def of(cls, engines: Engines) -> "ReviewsAnswer":
        """Render what is known of the engines without making one."""
        return cls(
            default_engine=engines.default,
            engines=[
                ReviewEngineAnswer(name=one.name, revision=one.revision, model=one.model)
                for one in engines.facts
            ],
            language_model=any(one.name in engines.waits for one in engines.facts),
            own_deployments=engines.bring is not None,
        )


class OperationCounts(WireAnswer):
    """How many operations of the protocol are built and how many are not; Quell's own are apart."""

    served: int
    missing: int
    own: int


class CapabilitiesAnswer(WireAnswer):
    """What this server judges with; `coverage`: by medium and category `full`, `text-only` or `none`."""

    version: str
    engines: list[EngineAnswer]
    auto_reviews: ReviewsAnswer
    coverage: dict[str, dict[str, str]]
    required_image_coverage: str
    limits: dict[str, int]
    operations: OperationCounts


class Capabilities:
    """Answers what the server can do; nothing is loaded for it."""

    def __init__(
        self,
        *,
        version: str,
        engines: Sequence[Engine],
        reviewers: Engines,
        images: Mapping[Category, Coverage],
        required: Coverage,
        limits: Mapping[str, int],
        table: OperationTable,
    ) -> None:
        self._version = version
        self._engines = engines
        self._reviewers = reviewers
        self._images = images
        self._required = required
        self._limits = limits
        self._table = table

    def router(self) -> APIRouter:
        """Return the route."""
        router = APIRouter(tags=["quell"])
        router.add_api_route(
            "/quell/capabilities",
            self.capabilities,
            methods=["GET"],
            operation_id="Quell_Capabilities",
            response_model=CapabilitiesAnswer,
        )
        return router

    async def capabilities(self) -> WireResponse:
        """Say what this server judges with, how much it sees and what is missing."""
        return WireResponse(self._answer())

    def _answer(self) -> CapabilitiesAnswer:
        return CapabilitiesAnswer(
            version=self._version,
            engines=[
                EngineAnswer(
                    task=one.task, name=one.name, revision=one.revision, languages=list(one.languages)
                )
                for one in self._engines
            ],
            auto_reviews=ReviewsAnswer.of(self._reviewers),
            coverage={
                "text": {one.value: Coverage.FULL.value for one in self._images},
                "image": {one.value: covered.value for one, covered in self._images.items()},
            },
            required_image_coverage=self._required.value,
            limits=dict(self._limits),
            operations=self._counts(),
        )

    def _counts(self) -> OperationCounts:
        rows = self._table.rows
        protocol = [row.state for row in rows if not row.own]
        return OperationCounts(
            served=protocol.count("served"),
            missing=protocol.count("missing"),
            own=sum(row.own for row in rows),
        )
