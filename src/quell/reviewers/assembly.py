"""How the parts of the feature fit together; called by the composition roots and by nothing else."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter

from quell.database.base import Database
from quell.http.names import NamePattern, check_wide_operation_id
from quell.jobs.domain import Task
from quell.jobs.store import JobStore
from quell.operations.endpoints import OperationEndpoints
from quell.operations.service import OperationService
from quell.operations.store import OperationStore
from quell.reviewers.building import COLLECTION, BuildTask
from quell.reviewers.desk import ReviewDesk
from quell.reviewers.domain import Limits
from quell.reviewers.endpoints import ReviewerEndpoints
from quell.reviewers.engines import Engines
from quell.reviewers.examples import ExampleStore
from quell.reviewers.own_endpoints import OwnReviewerEndpoints
from quell.reviewers.quality import Quality
from quell.reviewers.report import ReportTask
from quell.reviewers.reviewing import Reviewing
from quell.reviewers.service import ReviewerService
from quell.reviewers.store import ReviewerStore
from quell.witness import NOBODY, Witness
from quell.workers import Workers


@dataclass(frozen=True, slots=True)
class Reviewers:
    """Everything that can be done with the auto reviewers of a data folder, without HTTP."""

    service: ReviewerService
    desk: ReviewDesk
    quality: Quality
    jobs: JobStore
    engines: Engines


def assemble(
    database: Database,
    engines: Engines,
    *,
    new_id: Callable[[], str],
    clock: Callable[[], int],
    limits: Limits | None = None,
) -> Reviewers:
    """Return the reviewers over a database; `clock` gives microseconds since 1970."""
    store, jobs = ReviewerStore(new_id), JobStore(new_id)
    service = ReviewerService(
        database,
        store,
        OperationStore(),
        jobs,
        engines=engines,
        limits=limits or Limits(),
        new_id=new_id,
        clock=clock,
    )
    return Reviewers(
        service=service,
        desk=ReviewDesk(database, store, engines, service.renew_one),
        quality=Quality(database, store, jobs, clock),
        jobs=jobs,
        engines=engines,
    )


def tasks(
    database: Database,
    engines: Engines,
    examples: ExampleStore,
    *,
    new_id: Callable[[], str],
    clock: Callable[[], int],
) -> list[Task]:
    """Return the work behind the jobs of the feature."""
    store = ReviewerStore(new_id)
    return [
        BuildTask(
            database,
            store=store,
            operations=OperationStore(),
            engines=engines,
            examples=examples,
            clock=clock,
        ),
        ReportTask(database, store, engines, clock),
    ]


def routers(
    reviewers: Reviewers,
    operations: OperationService,
    *,
    workers: Workers,
    waiting: Workers,
    names: NamePattern,
    witness: Witness = NOBODY,
) -> list[APIRouter]:
    """Return the routes; `waiting` are the threads on which other servers are waited for."""
    reviewing = Reviewing(reviewers.desk, workers, waiting, witness)
    return [
        # First, so that `operations` is not taken for the name of a reviewer.
        OperationEndpoints(
            operations,
            COLLECTION,
            "AutoReviewerOperations_GetLongRunningOperation",
            check_id=check_wide_operation_id,
            both_spellings=False,
        ).router(),
        ReviewerEndpoints(reviewers.service, reviewing, names).router(),
        OwnReviewerEndpoints(reviewers.service, reviewers.quality, reviewing, names).router(),
    ]
