"""What a sweep asks, copied at its start into a database of its own: every shard sees the same.

Whatever the copy is read by works on it as on the whole database, and an incident that changes during a
sweep changes nothing in it.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from quell.database.base import Database, Row, Transaction
from quell.database.migrate import migrate
from quell.database.queries import load
from quell.database.sqlite import SqliteDatabase
from quell.errors import ResourceNotFound
from quell.http.wire import wire_time
from quell.sweep.domain import Question

_QUERIES = load("quell.sweep")

_TABLES = {
    "copy-incident": "incident",
    "copy-sample": "incident_sample",
    "copy-vector": "incident_vector",
    "copy-picture": "incident_picture",
    "copy-list": "term_list",
    "copy-item": "term_item",
    "copy-reviewer": "reviewer",
    "copy-version": "reviewer_version",
}


@dataclass(frozen=True, slots=True)
class Version:
    """One thing that a sweep asks, as it was at the start; `digest` is the SHA-256 of all that is in it."""

    kind: str
    name: str
    id: str
    updated: str
    count: int
    digest: str


def take_snapshot(
    database: Database,
    path: Path,
    question: Question,
    *,
    mapped: tuple[str, ...] = (),
    picture_reading: str = "",
) -> tuple[Version, ...]:
    """Copy what a question asks into a new database at `path`; return what was copied.

    `mapped` are image incidents that count for a category; a missing one is passed over. Files of pictures
    are copied where they were not read as `picture_reading` says. Raises ResourceNotFound.
    """
    path.unlink(missing_ok=True)
    copy = SqliteDatabase(path, durability="normal")
    try:
        migrate(copy)
        with database.reading() as source, copy.transaction() as target:
            return _Copying(source, target, picture_reading).all(question, mapped)
    finally:
        copy.close()


class _Copying:
    def __init__(self, source: Transaction, target: Transaction, picture_reading: str) -> None:
        self._source = source
        self._target = target
        self._picture_reading = picture_reading
        self._digest = hashlib.sha256()

    def all(self, question: Question, mapped: tuple[str, ...]) -> tuple[Version, ...]:
        found = [self._incident("text", name, "incidents") for name in question.incidents]
        found += [self._incident("image", name, "imageIncidents") for name in question.image_incidents]
        found += [self._list("block", name) for name in question.blocklists]
        found += [self._reviewer(name) for name in question.reviewers]
        if question.categories:
            names = [row["name"] for row in self._source.fetch_all(_QUERIES["list-names"], {"kind": "allow"})]
            found += [self._list("allow", name) for name in names]
            for name in mapped:
                known = self._find("find-incident", {"medium": "image", "name": name})
                if known is not None and name not in question.image_incidents:
                    found.append(self._incident("image", name, "imageIncidents"))
        return tuple(found)

    def _incident(self, medium: str, name: str, target: str) -> Version:
        row = self._find("find-incident", {"medium": medium, "name": name})
        if row is None:
            raise _missing("image incident" if medium == "image" else "incident", name, target)
        members = {"id": row["id"]}
        self._begin("copy-incident", members)
        self._copy("copy-sample", members)
        self._copy("copy-vector", members)
        if medium == "image":
            self._copy("copy-picture", {**members, "reading": self._picture_reading})
        return self._version(f"{medium} incident", row, int(row["samples"]))

    def _list(self, kind: str, name: str) -> Version:
        row = self._find("find-list", {"kind": kind, "name": name})
        if row is None:
            raise _missing(f"{kind}list", name, f"{kind}lists")
        self._begin("copy-list", {"id": row["id"]})
        self._copy("copy-item", {"id": row["id"]})
        return self._version(f"{kind}list", row, int(row["items"]))

    def _reviewer(self, name: str) -> Version:
        row = self._find("find-reviewer", {"name": name})
        if row is None:
            raise _missing("auto reviewer with a version that is ready", name, "reviewers")
        self._begin("copy-reviewer", {"id": row["reviewer_id"]})
        self._copy("copy-version", {"id": row["id"]})
        return self._version("reviewer", row, int(row["version"]))

    def _find(self, query: str, params: Mapping[str, object]) -> Row | None:
        return self._source.fetch_one(_QUERIES[query], params)

    def _begin(self, query: str, params: Mapping[str, object]) -> None:
        self._digest = hashlib.sha256()
        self._copy(query, params)

    def _copy(self, query: str, params: Mapping[str, object]) -> None:
        rows = self._source.fetch_all(_QUERIES[query], params)
        if not rows:
            return
        columns = list(rows[0])
        names, values = ", ".join(columns), ", ".join(f":{name}" for name in columns)
        self._target.execute_many(
            f"insert into {_TABLES[query]} ({names}) values ({values})",  # noqa: S608 - names of our own schema
            rows,
        )
        for row in rows:
            for value in row.values():
                part = value if isinstance(value, bytes) else repr(value).encode()
                self._digest.update(len(part).to_bytes(8, "little") + part)

    def _version(self, kind: str, row: Row, count: int) -> Version:
        updated = wire_time(int(row["updated"]))
        return Version(kind, row["name"], row["id"], updated, count, self._digest.hexdigest())


def _missing(what: str, name: str, target: str) -> ResourceNotFound:
    return ResourceNotFound(f"The {what} '{name[:100]}' does not exist.", target=target)


Opener = Callable[[Path], Database]


def open_snapshot(path: Path) -> Database:
    """Open a copy to be asked."""
    return SqliteDatabase(path, durability="normal", readers=2)
