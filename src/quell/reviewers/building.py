"""The job behind a new version: examples in, what the engine makes of them out, all of it or nothing."""

from collections.abc import Callable

from quell.database.base import Database, Transaction
from quell.errors import InternalError, QuellError
from quell.jobs.domain import Job, LeaseLost
from quell.jobs.lease import Lease
from quell.operations.store import OperationStore
from quell.reviewers.domain import BUILT_BYTES, Example, Policy, ReviewerVersion
from quell.reviewers.engines import Engines
from quell.reviewers.examples import ExampleStore, copy_name, fetch_examples
from quell.reviewers.store import ReviewerStore

BUILD = "reviewer-build"
COLLECTION = "text/autoReviewers"
"""Where the ids of operations on reviewers are unique."""

_EXAMPLES_KEPT = b"examples"
_FETCHED = 0.05  # the part of the progress that the examples are


class BuildTask:
    """Builds one version; its subject is the version's id."""

    kind = BUILD

    def __init__(
        self,
        database: Database,
        *,
        store: ReviewerStore,
        operations: OperationStore,
        engines: Engines,
        examples: ExampleStore,
        clock: Callable[[], int],
    ) -> None:
        self._database = database
        self._store = store
        self._operations = operations
        self._engines = engines
        self._examples = examples
        self._clock = clock

    def run(self, lease: Lease) -> None:
        """Build the version, from the checkpoint of an earlier attempt on."""
        version = self._begin(lease)
        examples = self._kept_examples(lease, version)
        policy = Policy(version.reviewer, version.labels, examples)
        engine = self._engines[version.engine]
        built = engine.build(policy, lambda done: lease.progress(_FETCHED + (1 - _FETCHED) * done))
        if len(built) > BUILT_BYTES:
            raise InternalError(f"The engine built more than {BUILT_BYTES:,} bytes.")

        def publish(tx: Transaction) -> None:
            now = self._clock()
            self._store.publish(tx, version, engine.revision, built, now)
            self._operations.finish(tx, COLLECTION, version.id, "Succeeded", now=now)

        lease.complete(publish)

    def fail(self, tx: Transaction, job: Job, error: QuellError) -> None:
        """Note why in the version and in its operation; one that was built before stays as it is."""
        version = self._store.by_id(tx, job.subject)
        if version is not None and version.status != "Succeeded":
            now = self._clock()
            self._store.fail(tx, version, error.message, now)
            self._operations.finish(tx, COLLECTION, version.id, "Failed", now=now, error=error)

    def _begin(self, lease: Lease) -> ReviewerVersion:
        def begin(tx: Transaction) -> None:
            self._store.begin(tx, lease.job.subject, self._clock())
            self._operations.begin(tx, COLLECTION, lease.job.subject, self._clock())

        lease.step(begin, lease.job.checkpoint or b"")
        with self._database.reading() as tx:
            version = self._store.by_id(tx, lease.job.subject)
        if version is None:
            raise LeaseLost
        return version

    def _kept_examples(self, lease: Lease, version: ReviewerVersion) -> tuple[Example, ...]:
        if version.example_blob_url is None or version.status == "Succeeded" or lease.job.checkpoint:
            with self._database.reading() as tx:
                return self._store.examples(tx, version.id)
        url, delimiter = version.example_blob_url, version.blob_delimiter or "/"
        body, examples = fetch_examples(self._examples, url, version.labels)
        lease.progress(_FETCHED / 2)
        name = copy_name(url, delimiter, version.reviewer, version.version, version.id)
        copy = self._examples.copy_beside(url, delimiter=delimiter, name=name, body=body)

        def keep(tx: Transaction) -> None:
            self._store.keep_examples(tx, version.id, examples, copy, self._clock())

        lease.step(keep, _EXAMPLES_KEPT)
        return examples
