"""Sweeps that callers start: what is kept of them, and how much."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Status = Literal["NotStarted", "Running", "Succeeded", "Failed"]

MOST_SWEEPS = 100
"""Sweeps that a server keeps; old ones have to be deleted first."""

KEPT_HITS = 10_000
"""Hits of a sweep that are kept, the first ones; all are counted."""

KEPT_FAULTS = 100
"""Rows of a sweep that could not be judged and are told; all are counted."""

SNAPSHOT_BYTES = 64 * 1024 * 1024
SOURCE_BYTES = 16 * 1024 * 1024 * 1024
"""Bytes of a source at most; more is for `quell sweep`, which has the machine to itself."""

STORED_SHARD_ROWS = 100
"""Rows between two words about progress."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a caller asks, as the request says it: a source, the names, and where rows have their text."""

    source: str
    question: Mapping[str, Any]
    columns: Mapping[str, Any]
    format: str | None


@dataclass(frozen=True, slots=True)
class StoredSweep:
    """A sweep and how far it is.

    `plan` and `stamp` are None until it was begun. `rows`, `shards`, `hit_rows`, `hits` and `faults` count
    what is done, `counts` the hits of each thing; times are in microseconds since 1970.
    """

    id: str
    asked: Asked
    versions: tuple[Mapping[str, Any], ...]
    status: Status
    error: str | None
    plan: Mapping[str, Any] | None
    stamp: str | None
    rows: int
    shards: int
    hit_rows: int
    hits: int
    faults: int
    counts: tuple[tuple[str, str, str, int], ...]
    first_faults: tuple[Mapping[str, Any], ...]
    created: int
    updated: int

    @property
    def finished(self) -> bool:
        """Whether nothing more is done."""
        return self.status in {"Succeeded", "Failed"}
