"""The job behind a report: how well the examples of a version foretell each other."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict

from quell.database.base import Database, Transaction
from quell.errors import QuellError
from quell.jobs.domain import Job, LeaseLost
from quell.jobs.lease import Lease
from quell.reviewers.crossvalidation import LabelQuality, QualityReport, WrongExample, cross_validate
from quell.reviewers.domain import Policy, Review
from quell.reviewers.engines import Engines
from quell.reviewers.store import ReviewerStore

REPORT = "reviewer-report"


class ReportTask:
    """Cross-validates one version on its own examples; its subject is the version's id."""

    kind = REPORT

    def __init__(
        self, database: Database, store: ReviewerStore, engines: Engines, clock: Callable[[], int]
    ) -> None:
        self._database = database
        self._store = store
        self._engines = engines
        self._clock = clock

    def run(self, lease: Lease) -> None:
        """Build and ask once for each fold."""
        with self._database.reading() as tx:
            version = self._store.by_id(tx, lease.job.subject)
            examples = self._store.examples(tx, lease.job.subject)
        if version is None:
            raise LeaseLost
        policy, engine = Policy(version.reviewer, version.labels, examples), self._engines[version.engine]

        def keep(reviews: Mapping[int, Review]) -> None:
            # A language model was paid for each of them: the next attempt goes on after them.
            lease.step(lambda _: None, pack_reviews(engine.revision, reviews))

        known = unpack_reviews(engine.revision, lease.job.checkpoint)
        report = cross_validate(engine, policy, lease.progress, known=known, keep=keep)
        text = json.dumps(asdict(report))
        lease.complete(lambda tx: self._store.keep_report(tx, version.id, text, self._clock()))

    def fail(self, tx: Transaction, job: Job, error: QuellError) -> None:
        """Do nothing: the job itself says why, and the version is as good as before."""


def pack_reviews(revision: str, reviews: Mapping[int, Review]) -> bytes:
    """Return reviews, by the place of their example, as a checkpoint of an engine's revision."""
    rows = [[at, one.label, one.reasoning, one.confidence, one.engine] for at, one in reviews.items()]
    return json.dumps([revision, rows]).encode()


def unpack_reviews(revision: str, checkpoint: bytes | None) -> dict[int, Review]:
    """Return the reviews of a checkpoint; none where another revision made them."""
    made_by, rows = json.loads(checkpoint) if checkpoint else (None, [])
    return {row[0]: Review(*row[1:]) for row in rows} if made_by == revision else {}


def read_report(text: str) -> QualityReport:
    """Return a report that was stored."""
    members = json.loads(text)
    members["labels"] = tuple(members["labels"])
    members["confusion"] = tuple(tuple(row) for row in members["confusion"])
    members["per_label"] = tuple(LabelQuality(**one) for one in members["per_label"])
    members["wrong"] = tuple(WrongExample(**one) for one in members["wrong"])
    return QualityReport(**members)
