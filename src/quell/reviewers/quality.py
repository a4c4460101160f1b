"""Reports on versions: begin one, read one, compare two on the same texts."""

from collections.abc import Callable
from dataclasses import dataclass

from quell.database.base import Database, Transaction
from quell.errors import InvalidRequestBody
from quell.jobs.domain import Job
from quell.jobs.store import JobStore
from quell.reviewers.crossvalidation import QualityReport, judge
from quell.reviewers.domain import Example, Review, ReviewerVersion
from quell.reviewers.report import REPORT, read_report
from quell.reviewers.service import missing
from quell.reviewers.store import ReviewerStore

LEAST_EXAMPLES = 2
"""Examples that a version must have for a report."""

_LATER = 1  # the rank of reports: builds go first


@dataclass(frozen=True, slots=True)
class ReportState:
    """What became of a report: its job, and the figures once there are any."""

    version: ReviewerVersion
    job: Job | None
    report: QualityReport | None


@dataclass(frozen=True, slots=True)
class Judged:
    """Labelled texts and what a version says of them, in the same order."""

    version: ReviewerVersion
    examples: tuple[Example, ...]
    reviews: tuple[Review, ...]

    @property
    def report(self) -> QualityReport:
        """The figures."""
        return judge(self.version.labels, self.examples, self.reviews)


class Quality:
    """Begins and reads cross-validated reports."""

    def __init__(
        self, database: Database, store: ReviewerStore, jobs: JobStore, clock: Callable[[], int]
    ) -> None:
        self._database = database
        self._store = store
        self._jobs = jobs
        self._clock = clock

    def begin(self, name: str, number: int) -> ReportState:
        """Queue the report on a version, if it is not there or on its way."""
        with self._database.transaction() as tx:
            state = self._state(tx, name, number)
            if state.version.status != "Succeeded":
                raise InvalidRequestBody(
                    f"Version {number} is not ready: its status is {state.version.status}."
                )
            if state.version.examples < LEAST_EXAMPLES:
                raise InvalidRequestBody(
                    f"A report needs at least {LEAST_EXAMPLES} examples; "
                    f"version {number} has {state.version.examples}."
                )
            under_way = state.job is not None and state.job.state in ("waiting", "running")
            if state.report is None and not under_way:
                self._jobs.add(tx, REPORT, state.version.id, self._clock(), rank=_LATER)
            return self._state(tx, name, number)

    def read(self, name: str, number: int) -> ReportState:
        """Return what became of the report on a version."""
        with self._database.reading() as tx:
            return self._state(tx, name, number)

    def _state(self, tx: Transaction, name: str, number: int) -> ReportState:
        version = self._store.version(tx, name, number)
        if version is None:
            raise missing(name, number if self._store.get(tx, name) else None)
        text = self._store.report(tx, version.id)
        return ReportState(
            version, self._jobs.get(tx, REPORT, version.id), read_report(text) if text else None
        )
