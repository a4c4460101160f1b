"""The table of operations: which operation has which route, in which api-versions, and whether it is built.

`operations.tsv` has one row per operation. A path without a prefix of its own lies under /contentsafety.
Rows with "-" for versions are Quell's own and take no api-version.

    served      built
    missing     part of the protocol, not built yet: answered with 501
    superseded  a draft that was replaced before release: no such route, except in strict mode

The column `body` says what an operation reads: nothing (-), JSON (json), JSON or JSON Lines (json-lines),
a file of CSV or JSON Lines (file), or nothing although clients send something (ignored).
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal, cast, get_args

from quell.http.api_version import FIRST_WITH_ALL_ROUTES, KNOWN, ApiVersion

PREFIX = "/contentsafety"
"""Where the protocol's routes lie."""

OWN_PREFIX = "/quell"
"""Where Quell's own routes lie."""

State = Literal["served", "missing", "superseded"]
Body = Literal["-", "json", "json-lines", "file", "ignored"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its id, its route and the api-versions that list it (none for Quell's own)."""

    id: str
    method: str
    path: str
    state: State
    body: Body
    success: tuple[int, ...]
    summary: str
    versions: frozenset[str]

    @property
    def own(self) -> bool:
        """Whether this is one of Quell's own operations, outside the protocol."""
        return self.path.startswith(OWN_PREFIX)

    def exists_in(self, version: ApiVersion, *, strict: bool) -> bool:
        """Whether a version has this operation; strict mode follows the table to the letter."""
        if version.name in self.versions:
            return strict or self.state != "superseded"
        all_routes = not strict and not version.stable and version >= FIRST_WITH_ALL_ROUTES
        return all_routes and self.state != "superseded"


@dataclass(frozen=True, slots=True)
class OperationTable:
    """All operations, in the order of the file."""

    rows: tuple[Operation, ...]
    strict: bool = False

    @property
    def routed(self) -> list[Operation]:
        """The operations that have a route: all, without the superseded drafts unless strict."""
        return [row for row in self.rows if self.strict or row.state != "superseded"]

    def versions_of(self, operation: Operation | None) -> list[ApiVersion]:
        """Return the versions that have an operation, or every known version for None."""
        if operation is None:
            return list(KNOWN)
        return [version for version in KNOWN if operation.exists_in(version, strict=self.strict)]


def load_operations(*, strict: bool = False) -> OperationTable:
    """Read the table that ships with the package; a row that is not sound stops the start."""
    text = files("quell.http").joinpath("operations.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return OperationTable(tuple(_sound(_operation(row) for row in rows)), strict)


def _operation(row: dict[str, str]) -> Operation:
    state = row["state"]
    if state not in get_args(State) or row["body"] not in get_args(Body):
        raise ValueError(f"operations.tsv: {row['id']} has an unknown state or body")
    own = row["path"].startswith(OWN_PREFIX)
    return Operation(
        id=row["id"],
        method=row["method"],
        path=row["path"] if own else PREFIX + row["path"],
        state=cast("State", state),
        body=cast("Body", row["body"]),
        success=tuple(int(code) for code in row["success"].split(",")),
        summary=row["summary"],
        versions=frozenset() if row["versions"] == "-" else frozenset(row["versions"].split(",")),
    )


def _sound(operations: Iterable[Operation]) -> Iterable[Operation]:
    known = {version.name for version in KNOWN}
    ids: set[str] = set()
    routes: set[tuple[str, str]] = set()
    for operation in operations:
        if operation.id in ids or (operation.method, operation.path) in routes:
            raise ValueError(f"operations.tsv: {operation.id} or its route is there twice")
        if not operation.versions <= known:
            raise ValueError(f"operations.tsv: {operation.id} names an unknown api-version")
        ids.add(operation.id)
        routes.add((operation.method, operation.path))
        yield operation
