"""Reviews texts: finds the version, loads its reviewer once, and lets it decide."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from quell.database.base import Database, Transaction
from quell.errors import InvalidRequestBody, ModelUnusable, ServerBusy
from quell.observability.stages import stage
from quell.reviewers.domain import Policy, Review, Reviewer, ReviewerVersion
from quell.reviewers.engines import Engines
from quell.reviewers.service import missing
from quell.reviewers.store import ReviewerStore

KEPT = 64
"""Reviewers that stay loaded, those asked last."""

_AGAIN_SECONDS = 2
_log = structlog.get_logger("quell.reviewers")


@dataclass(frozen=True, slots=True, eq=False)
class Seated:
    """A version that is ready to review; `waits` where its engine waits for another server."""

    version: ReviewerVersion
    reviewer: Reviewer
    waits: bool

    def review(self, text: str) -> Review:
        """Return the review of a text."""
        with stage("review"):
            return self.reviewer.review(text)


class ReviewDesk:
    """Keeps loaded reviewers; versions never change once they are built, so an id is enough to know one.

    `renew` queues a version that another revision of its engine built.
    """

    def __init__(
        self,
        database: Database,
        store: ReviewerStore,
        engines: Engines,
        renew: Callable[[str], object],
        kept: int = KEPT,
    ) -> None:
        self._database = database
        self._store = store
        self._engines = engines
        self._renew = renew
        self._kept = kept
        self._loading = threading.Lock()
        self._loaded: OrderedDict[str, Reviewer] = OrderedDict()

    def find(
        self,
        name: str,
        number: int | None = None,
        *,
        aoai: tuple[str, str] | None = None,
    ) -> Seated:
        """Return the reviewer for a version, for the latest that is ready when no number is given.

        `aoai` is a caller's own endpoint and deployment, heeded only where the operator allows them.
        """
        with self._database.reading() as tx:
            version = self._ready(tx, name, number)
        if aoai is not None and self._engines.bring is not None:
            return Seated(version, self._brought(version, *aoai), waits=True)
        return Seated(version, self._reviewer(version), waits=version.engine in self._engines.waits)

    def _ready(self, tx: Transaction, name: str, number: int | None) -> ReviewerVersion:
        if number is None:
            found = self._store.latest(tx, name, ready=True)
            if found is None and self._store.get(tx, name) is not None:
                raise InvalidRequestBody(
                    f"The auto reviewer '{name}' has no version that is ready.", target="autoReviewerName"
                )
        else:
            found = self._store.version(tx, name, number)
        if found is None:
            known = number is not None and self._store.get(tx, name) is not None
            raise missing(
                name, number if known else None, "autoReviewerVersion" if known else "autoReviewerName"
            )
        if found.status != "Succeeded":
            raise InvalidRequestBody(
                f"Version {found.version} of the auto reviewer '{name}' is not ready: "
                f"its status is {found.status}.",
                target="autoReviewerVersion",
            )
        return found

    def _reviewer(self, version: ReviewerVersion) -> Reviewer:
        with self._loading:
            loaded = self._loaded.get(version.id)
            if loaded is None:
                loaded = self._loaded[version.id] = self._load(version)
                while len(self._loaded) > self._kept:
                    self._loaded.popitem(last=False)
            self._loaded.move_to_end(version.id)
            return loaded

    def _load(self, version: ReviewerVersion) -> Reviewer:
        engine = self._engines[version.engine]
        with self._database.reading() as tx:
            built = self._store.built(tx, version.id)
        if built is None:
            raise missing(version.reviewer, version.version)
        if built.data is not None and built.revision == engine.revision:
            try:
                return engine.load(Policy(version.reviewer, version.labels, built.examples), built.data)
            except ModelUnusable as unusable:
                _log.warning("reviewer_built_anew", version=version.id, reason=unusable.message)
        self._renew(version.id)
        raise ServerBusy(
            "The auto reviewer is being built anew for this version of Quell.", retry_after=_AGAIN_SECONDS
        )

    def _brought(self, version: ReviewerVersion, endpoint: str, deployment: str) -> Reviewer:
        if self._engines.bring is None:
            raise LookupError("nobody may bring an engine")
        engine = self._engines.bring(endpoint, deployment)
        with self._database.reading() as tx:
            examples = self._store.examples(tx, version.id)
        policy = Policy(version.reviewer, version.labels, examples)
        return engine.load(policy, engine.build(policy, lambda _: None))
