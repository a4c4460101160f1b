"""What a sweep asks, how its input is cut into shards, and what comes of a row."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

Format = Literal["parquet", "jsonl", "csv", "images"]
Kind = Literal["incident", "category", "blocklist", "reviewer"]

SHARD_ROWS = 2_000
"""Rows of a shard of texts, unless another number is asked for."""

SHARD_IMAGES = 64
"""Pictures of a shard."""

SHARD_BYTES = 4 * 1024 * 1024
"""Bytes of JSON Lines or CSV that end a shard before it has all its rows."""

LINE_BYTES = 1024 * 1024
"""Bytes of one line of JSON Lines, or of one record of CSV, at most; a longer one is a fault."""

MOST_ASKED = 100
"""Incidents, blocklists or reviewers of one sweep at most, of each kind."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of every row: names, and harm categories by their names on the wire.

    A category is a hit from `severity` (2, 4 or 6) on. Of a reviewer those labels are hits that `labels`
    has, all of them where it is empty.
    """

    incidents: tuple[str, ...] = ()
    image_incidents: tuple[str, ...] = ()
    blocklists: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    severity: int = 2

    @property
    def of_texts_alone(self) -> bool:
        """Whether something is asked that no picture can be asked."""
        return bool(self.incidents or self.blocklists or self.reviewers)

    @property
    def empty(self) -> bool:
        """Whether nothing is asked."""
        return not (self.of_texts_alone or self.image_incidents or self.categories)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a row has its text and its id; `id_required` where a file without the id's column is refused."""

    text: str = "text"
    id: str = "id"
    id_required: bool = False


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the input: its name below the source, its bytes, and what changes when it does."""

    name: str
    size: int
    version: str


@dataclass(frozen=True, slots=True)
class Shard:
    """A stretch of the input that is judged as one piece.

    `number` and `first` (row) count from 0 over the whole input, `line` from 1 in the file. `start` and
    `length` are bytes of JSON Lines and CSV, and rows of row group `group` of Parquet. `header` are the
    columns of CSV; `names` the pictures of a folder, whose shards have no file.
    """

    number: int
    format: Format
    file: str
    first: int
    rows: int
    line: int = 1
    start: int = 0
    length: int = 0
    group: int = 0
    header: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """A row that was read; `fault` says why it has no content. `text` is None for a picture."""

    row: int
    file: str
    line: int
    id: str | None = None
    text: str | None = None
    picture: bytes | None = field(default=None, repr=False)
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that a row hits.

    `label` is a reviewer's, `severity` a category's; `probability` is an incident's or a reviewer's, 0 to 1.
    `item` is the id of the sample or of the blocklist's item that decided, `why` its text or a reason;
    `start` and `end` are code points of the text.
    """

    kind: Kind
    name: str
    label: str | None = None
    severity: int | None = None
    probability: float | None = None
    item: str | None = None
    why: str | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that could not be judged, and why."""

    row: int
    file: str
    line: int
    id: str | None
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A row with its hits, or with its fault; `severities` are those of all asked categories."""

    item: Item
    hits: tuple[Hit, ...] = ()
    severities: Mapping[str, int] = field(default_factory=dict)
    fault: Fault | None = None


class Judge(Protocol):
    """Says what a row hits; used by one thread."""

    def judge(self, item: Item) -> Judged:
        """Return the row's hits; what is wrong with the row is its fault, and never raised."""

    def close(self) -> None:
        """Give everything back."""


class Place(Protocol):
    """Where the files of a source lie."""

    def files(self) -> Iterator[SourceFile]:
        """Yield the files in the order of their names; raises InvalidRequestBody."""

    def read(self, name: str, start: int, length: int) -> bytes:
        """Return bytes of a file, fewer only where it ends; raises InvalidRequestBody."""

    def size(self, name: str) -> int:
        """Return the bytes of a file; raises InvalidRequestBody."""

    def close(self) -> None:
        """Give everything back."""
