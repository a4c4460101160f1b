"""Reviewers and their versions: make, read, list, delete."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from quell.database.base import Database, Transaction
from quell.errors import InvalidRequestBody, ResourceNotFound
from quell.jobs.domain import Job
from quell.jobs.store import JobStore
from quell.operations.domain import Operation
from quell.operations.store import OperationStore
from quell.reviewers.building import BUILD, COLLECTION
from quell.reviewers.domain import Definition, Example, Limits, ReviewerVersion
from quell.reviewers.engines import Engines
from quell.reviewers.report import REPORT
from quell.reviewers.store import Named, ReviewerStore, unsigned
from quell.values import Stretch


class ReviewerService:
    """The rules for reviewers; `clock` gives microseconds since 1970."""

    def __init__(
        self,
        database: Database,
        store: ReviewerStore,
        operations: OperationStore,
        jobs: JobStore,
        *,
        engines: Engines,
        limits: Limits,
        new_id: Callable[[], str],
        clock: Callable[[], int],
    ) -> None:
        self._database = database
        self._store = store
        self._operations = operations
        self._jobs = jobs
        self._engines = engines
        self._limits = limits
        self._new_id = new_id
        self._clock = clock

    def put(
        self,
        name: str,
        definition: Definition,
        operation_id: str | None = None,
        examples: Sequence[Example] = (),
    ) -> tuple[ReviewerVersion, Operation, bool]:
        """Make a new version and queue its build; return it, its operation, and whether the name is new.

        The same operation id with the same definition returns what the first call made.
        """
        engine = self._engines.check(definition.engine)
        now = self._clock()
        with self._database.transaction() as tx:
            known = self._operations.get(tx, COLLECTION, operation_id) if operation_id else None
            if known is not None:
                made = self._same(tx, known, name, replace(definition, engine=engine))
                return made, known, made.version == 1
            named = self._store.get(tx, name) or self._new(tx, name, now)
            if self._store.count_versions(tx, named) >= self._limits.versions:
                raise InvalidRequestBody(
                    f"A reviewer has at most {self._limits.versions:,} versions; delete old ones first."
                )
            version = self._store.add_version(
                tx, named, definition, engine=engine, now=now, examples=examples
            )
            operation = Operation(
                COLLECTION, operation_id or self._new_id(), version.id, "NotStarted", created=now, updated=now
            )
            self._operations.add(tx, operation)
            self._jobs.add(tx, BUILD, version.id, now)
            return version, operation, named.latest == 0

    def get(self, name: str, number: int | None = None) -> ReviewerVersion:
        """Return one version of a reviewer, the latest when no number is given."""
        with self._database.reading() as tx:
            return self._find(tx, name, number)

    def list(self, skip: int, limit: int) -> Stretch[ReviewerVersion]:
        """Return a stretch of the latest versions of all reviewers, the newest reviewer first."""
        with self._database.reading() as tx:
            return _stretch(self._store.list_latest(tx, skip, limit + 1), limit)

    def list_versions(self, name: str, skip: int, limit: int) -> Stretch[tuple[ReviewerVersion, Job | None]]:
        """Return a stretch of the versions of a reviewer, the newest first, with their builds."""
        with self._database.reading() as tx:
            self._known(tx, name)
            found = _stretch(self._store.list_versions(tx, name, skip, limit + 1), limit)
            items = tuple((one, self._jobs.get(tx, BUILD, one.id)) for one in found.items)
            return Stretch(items, found.more)

    def detail(self, name: str, number: int | None = None) -> tuple[ReviewerVersion, Job | None]:
        """Return one version with its build."""
        with self._database.reading() as tx:
            version = self._find(tx, name, number)
            return version, self._jobs.get(tx, BUILD, version.id)

    def examples(self, name: str, number: int | None = None) -> tuple[Example, ...]:
        """Return the examples of a version."""
        with self._database.reading() as tx:
            return self._store.examples(tx, self._find(tx, name, number).id)

    def delete(self, name: str, number: int | None = None) -> None:
        """Delete one version, or all with the name; what is being built stops. Absent is fine, too."""
        now = self._clock()
        with self._database.transaction() as tx:
            named = self._store.get(tx, name)
            if named is None:
                return
            if number is not None:
                version = self._store.version(tx, name, number)
                gone = [version] if version else []
            else:
                gone = self._store.list_versions(tx, name, 0, self._limits.versions + 1)
            for version in gone:
                self._forget(tx, version, now)
            if number is None or self._store.count_versions(tx, named) == 0:
                self._store.delete(tx, named)

    def renew(self) -> int:
        """Queue the versions that another revision of their engine built; return how many there are."""
        queued, now = 0, self._clock()
        for name in self._engines.names:
            revision = self._engines[name].revision
            with self._database.reading() as tx:
                outdated = self._store.outdated(tx, name, revision)
            for identity in outdated:
                queued += self.renew_one(identity, now)
        return queued

    def renew_one(self, identity: str, now: int | None = None) -> bool:
        """Queue one version to be built again; return whether it was not queued yet."""
        with self._database.transaction() as tx:
            job = self._jobs.get(tx, BUILD, identity)
            if job is not None and job.state in ("waiting", "running"):
                return False
            self._jobs.add(tx, BUILD, identity, self._clock() if now is None else now, rank=1)
            return True

    def _new(self, tx: Transaction, name: str, now: int) -> Named:
        if self._store.count(tx) >= self._limits.reviewers:
            raise InvalidRequestBody(
                f"A server keeps at most {self._limits.reviewers} auto reviewers; delete one first."
            )
        return self._store.add(tx, name, now)

    def _known(self, tx: Transaction, name: str) -> Named:
        named = self._store.get(tx, name)
        if named is None:
            raise missing(name)
        return named

    def _find(self, tx: Transaction, name: str, number: int | None) -> ReviewerVersion:
        found = self._store.latest(tx, name) if number is None else self._store.version(tx, name, number)
        if found is None:
            raise missing(name, number if self._store.get(tx, name) else None)
        return found

    def _same(self, tx: Transaction, known: Operation, name: str, asked: Definition) -> ReviewerVersion:
        made = self._store.by_id(tx, known.subject)
        if made is None or made.reviewer != name or _asked(made) != _without_signature(asked):
            raise InvalidRequestBody(
                "The Operation-Id was already used for another request; send a new one, or none.",
                target="Operation-Id",
            )
        return made

    def _forget(self, tx: Transaction, version: ReviewerVersion, now: int) -> None:
        for kind in (BUILD, REPORT):
            self._jobs.delete(tx, kind, version.id)
        gone = ResourceNotFound(f"Version {version.version} was deleted before it was built.")
        self._operations.finish(tx, COLLECTION, version.id, "Failed", now=now, error=gone)
        self._store.delete_version(tx, version)


def missing(name: str, number: int | None = None, target: str = "autoReviewerName") -> ResourceNotFound:
    """Return the refusal for a reviewer or a version that does not exist."""
    if number is None:
        return ResourceNotFound(f"The auto reviewer '{name}' does not exist.", target=target)
    return ResourceNotFound(f"The auto reviewer '{name}' has no version {number}.", target=target)


def _asked(made: ReviewerVersion) -> Definition:
    return _without_signature(
        Definition(made.labels, made.example_blob_url, made.blob_delimiter, made.engine)
    )


def _without_signature(definition: Definition) -> Definition:
    return replace(definition, example_blob_url=unsigned(definition.example_blob_url))


def _stretch(found: Sequence[ReviewerVersion], limit: int) -> Stretch[ReviewerVersion]:
    return Stretch(tuple(found[:limit]), len(found) > limit)
