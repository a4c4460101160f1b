"""Reviewers and their versions as rows; everything inside the caller's transaction."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from quell.database.base import Row, Transaction
from quell.database.queries import load
from quell.reviewers.domain import Definition, Example, Label, ReviewerVersion
from quell.reviewers.examples import pack, unpack

_QUERIES = load("quell.reviewers")


@dataclass(frozen=True, slots=True)
class Named:
    """A reviewer by its name: `latest` is the highest number that a version of it ever had."""

    id: str
    name: str
    latest: int


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """What a version is loaded from: the engine's bytes, the engine's revision then, and the examples."""

    revision: str | None
    data: bytes | None
    examples: tuple[Example, ...]


class ReviewerStore:
    """Reads and writes; times are microseconds since 1970."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        self._new_id = new_id

    def get(self, tx: Transaction, name: str) -> Named | None:
        """Return a reviewer, or None."""
        row = tx.fetch_one(_QUERIES["get-reviewer"], {"name": name})
        return Named(row["id"], row["name"], int(row["latest"])) if row else None

    def count(self, tx: Transaction) -> int:
        """Return how many reviewers there are."""
        return int(_one(tx, "count-reviewers", {})["reviewers"])

    def add(self, tx: Transaction, name: str, now: int) -> Named:
        """Store a new reviewer without versions."""
        position = _one(tx, "count-reviewers", {})["position"]
        named = Named(self._new_id(), name, 0)
        members = {"id": named.id, "name": name, "position": position, "created": now}
        tx.execute(_QUERIES["add-reviewer"], members)
        return named

    def delete(self, tx: Transaction, named: Named) -> None:
        """Delete a reviewer with all its versions."""
        tx.execute(_QUERIES["delete-reviewer"], {"id": named.id})

    def add_version(
        self,
        tx: Transaction,
        named: Named,
        definition: Definition,
        *,
        engine: str,
        now: int,
        examples: Sequence[Example] = (),
    ) -> ReviewerVersion:
        """Store a new version under the next number."""
        number = int(_one(tx, "next-version", {"id": named.id})["latest"])
        identity = self._new_id()
        members = {
            "id": identity,
            "reviewer_id": named.id,
            "version": number,
            "labels": json.dumps([[label.name, label.description] for label in definition.labels]),
            "engine": engine,
            "blob_url": definition.example_blob_url,
            "blob_delimiter": definition.blob_delimiter,
            "examples": pack(examples) if examples else None,
            "example_count": len(examples),
            "created": now,
        }
        tx.execute(_QUERIES["add-version"], members)
        found = self.by_id(tx, identity)
        if found is None:
            raise LookupError("a version that was just stored is missing")
        return found

    def version(self, tx: Transaction, name: str, number: int) -> ReviewerVersion | None:
        """Return one version, or None."""
        return _version(tx.fetch_one(_QUERIES["get-version"], {"name": name, "version": number}))

    def by_id(self, tx: Transaction, identity: str) -> ReviewerVersion | None:
        """Return the version with an id, or None."""
        return _version(tx.fetch_one(_QUERIES["get-version-by-id"], {"id": identity}))

    def latest(self, tx: Transaction, name: str, *, ready: bool = False) -> ReviewerVersion | None:
        """Return the highest version of a reviewer, of all or of those that can review, or None."""
        query = "latest-ready-version" if ready else "latest-version"
        return _version(tx.fetch_one(_QUERIES[query], {"name": name}))

    def list_latest(self, tx: Transaction, skip: int, limit: int) -> list[ReviewerVersion]:
        """Return a stretch of the latest versions of all reviewers, the newest reviewer first."""
        rows = tx.fetch_all(_QUERIES["list-latest-versions"], {"skip": skip, "limit": limit})
        return [_read(row) for row in rows]

    def list_versions(self, tx: Transaction, name: str, skip: int, limit: int) -> list[ReviewerVersion]:
        """Return a stretch of the versions of a reviewer, the newest first."""
        rows = tx.fetch_all(_QUERIES["list-versions"], {"name": name, "skip": skip, "limit": limit})
        return [_read(row) for row in rows]

    def count_versions(self, tx: Transaction, named: Named) -> int:
        """Return how many versions a reviewer has."""
        return int(_one(tx, "count-versions", {"reviewer_id": named.id})["versions"])

    def delete_version(self, tx: Transaction, version: ReviewerVersion) -> None:
        """Delete one version."""
        tx.execute(_QUERIES["delete-version"], {"id": version.id})

    def begin(self, tx: Transaction, identity: str, now: int) -> None:
        """Note that a version is being built."""
        tx.execute(_QUERIES["begin-version"], {"id": identity, "now": now})

    def examples(self, tx: Transaction, identity: str) -> tuple[Example, ...]:
        """Return the examples of a version."""
        row = tx.fetch_one(_QUERIES["read-examples"], {"id": identity})
        return unpack(row["examples"]) if row else ()

    def built(self, tx: Transaction, identity: str) -> Built | None:
        """Return what a version is loaded from, or None where there is no such version."""
        row = tx.fetch_one(_QUERIES["read-built"], {"id": identity})
        return Built(row["revision"], row["built"], unpack(row["examples"])) if row else None

    def keep_examples(
        self, tx: Transaction, identity: str, examples: Sequence[Example], copy_url: str | None, now: int
    ) -> None:
        """Store the examples of a version, and where a copy of them is."""
        members = {
            "id": identity,
            "examples": pack(examples),
            "example_count": len(examples),
            "blob_copy_url": copy_url,
            "now": now,
        }
        tx.execute(_QUERIES["keep-examples"], members)

    def publish(
        self, tx: Transaction, version: ReviewerVersion, revision: str, built: bytes, now: int
    ) -> None:
        """Store what the engine built; a signature in the URL of the examples is needed no more."""
        members = {"revision": revision, "built": built, "blob_url": unsigned(version.example_blob_url)}
        tx.execute(_QUERIES["publish-version"], {"id": version.id, **members, "now": now})

    def fail(self, tx: Transaction, version: ReviewerVersion, error: str, now: int) -> None:
        """Note why a version cannot be built, and keep nothing of it but its definition."""
        members = {"id": version.id, "error": error, "blob_url": unsigned(version.example_blob_url)}
        tx.execute(_QUERIES["fail-version"], {**members, "now": now})

    def report(self, tx: Transaction, identity: str) -> str | None:
        """Return the report of a version as JSON, or None."""
        row = tx.fetch_one(_QUERIES["read-report"], {"id": identity})
        return row["report"] if row else None

    def keep_report(self, tx: Transaction, identity: str, report: str, now: int) -> None:
        """Store the report of a version."""
        tx.execute(_QUERIES["keep-report"], {"id": identity, "report": report, "now": now})

    def outdated(self, tx: Transaction, engine: str, revision: str) -> list[str]:
        """Return the ids of the versions that another revision of an engine built."""
        rows = tx.fetch_all(_QUERIES["list-outdated"], {"engine": engine, "revision": revision})
        return [row["id"] for row in rows]


_SECRET = re.compile(r"sig$|signature$|token$|credential$|key$|accessid$")
"""How the names of parameters end that sign a URL, in lower case: of Azure, S3 and GCS."""


def unsigned(url: str | None) -> str | None:
    """Return a URL with the signature in its query taken out."""
    if url is None or "?" not in url:
        return url
    bare, _, query = url.partition("?")
    parts = []
    for part in query.split("&"):
        name = part.partition("=")[0]
        parts.append(f"{name}=REDACTED" if _SECRET.search(unquote(name).lower()) else part)
    return f"{bare}?{'&'.join(parts)}"


def _one(tx: Transaction, query: str, params: dict[str, object]) -> Row:
    row = tx.fetch_one(_QUERIES[query], params)
    if row is None:
        raise LookupError(f"the query {query} always has a row")
    return row


def _version(row: Row | None) -> ReviewerVersion | None:
    return _read(row) if row else None


def _read(row: Row) -> ReviewerVersion:
    return ReviewerVersion(
        id=row["id"],
        reviewer=row["name"],
        version=int(row["version"]),
        labels=tuple(Label(name, description) for name, description in json.loads(row["labels"])),
        engine=row["engine"],
        created=int(row["created"]),
        status=row["status"],
        example_blob_url=row["blob_url"],
        blob_delimiter=row["blob_delimiter"],
        example_blob_copy_url=row["blob_copy_url"],
        error=row["error"],
        examples=int(row["example_count"]),
    )
