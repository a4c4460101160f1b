"""Cuts a source into shards, the same for the same source, and keeps the plan in a file."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from quell.errors import InvalidRequestBody
from quell.sweep.domain import (
    SHARD_BYTES,
    SHARD_IMAGES,
    SHARD_ROWS,
    Columns,
    Format,
    Place,
    Shard,
    SourceFile,
)
from quell.sweep.lines import CUTTERS, FileBlocks, read_header
from quell.sweep.parquet import open_parquet

ENDINGS: dict[str, Format] = {
    ".parquet": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp"), "images"),
}
"""The formats by the endings of names; other files of a folder are left out."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What there is to do: `files`, `bytes`, `rows` and `shards` count, the digest is of all of the input."""

    format: Format
    files: int
    bytes: int
    rows: int
    shards: int
    digest: str


@dataclass(frozen=True, slots=True)
class PlanRules:
    """How to cut: the format, None to know it by the endings, and a shard's rows, None for the usual."""

    format: Format | None = None
    columns: Columns = Columns()  # noqa: RUF009 - frozen
    shard_rows: int | None = None


def make_plan(
    place: Place, rules: PlanRules, path: Path, tell: Callable[[int], None] = lambda _: None
) -> Plan:
    """Cut the source and write the shards to a file, one a line; `tell` hears of the rows so far."""
    files = Files(place, rules.format)
    cutting = Cutting(place, rules, files.format)
    bytes_ = count = rows = shards = 0
    with path.open("w", encoding="ascii", newline="\n") as out:
        for shard in cutting.shards(files):
            out.write(json.dumps(asdict(shard)) + "\n")
            shards, rows = shards + 1, shard.first + shard.rows
            tell(rows)
    count, bytes_ = files.count, files.bytes
    if not rows:
        raise InvalidRequestBody("The source has no rows.", target="source")
    return Plan(files.format, count, bytes_, rows, shards, cutting.digest())


def read_plan(path: Path) -> Iterator[Shard]:
    """Yield the shards of a plan."""
    with path.open(encoding="ascii") as source:
        for line in source:
            members = json.loads(line)
            yield Shard(**{**members, "header": tuple(members["header"]), "names": tuple(members["names"])})


class Files:
    """The files of a source that are of one format; counts what it yields."""

    def __init__(self, place: Place, format_: Format | None) -> None:
        self._place = place
        self.count = self.bytes = 0
        known = list(self._formats()) if format_ is None else [format_]
        if not known:
            raise InvalidRequestBody(
                "The source has no file with a known ending: .parquet, .jsonl, .ndjson, .csv or a picture's; "
                "a compressed file must be unpacked first.",
                target="source",
            )
        if len(set(known)) > 1:
            raise InvalidRequestBody(
                f"The source has files of several formats: {', '.join(sorted(set(known)))}; name one.",
                target="format",
            )
        self.format: Format = known[0]
        self._all = format_ is not None

    def __iter__(self) -> Iterator[SourceFile]:
        found = list(self._place.files()) if self._all else None
        single = found is not None and len(found) == 1
        for file in found if found is not None else self._place.files():
            # One file is of the format that was named, whatever its ending says; a folder holds others, too.
            if single or format_of(file.name) == self.format:
                self.count += 1
                self.bytes += file.size
                yield file

    def _formats(self) -> Iterator[Format]:
        seen: set[Format] = set()
        for file in self._place.files():
            found = format_of(file.name)
            if found is not None and found not in seen:
                seen.add(found)
                yield found


def format_of(name: str) -> Format | None:
    """Return the format that a name's ending stands for, or None."""
    return ENDINGS.get(PurePosixPath(name).suffix.lower())


class Cutting:
    """Cuts files into shards whose numbers and rows go on from file to file."""

    def __init__(self, place: Place, rules: PlanRules, format_: Format) -> None:
        self._place = place
        self._columns = rules.columns
        self._format = format_
        usual = SHARD_IMAGES if format_ == "images" else SHARD_ROWS
        self._most = rules.shard_rows or usual
        self._number = self._row = 0
        self._digest = hashlib.sha256()

    def shards(self, files: Iterator[SourceFile] | Files) -> Iterator[Shard]:
        """Yield the shards in the order of the rows."""
        if self._format == "images":
            yield from self._images(iter(files))
            return
        for file in files:
            cut = self._parquet(file) if self._format == "parquet" else self._lines(file)
            yield from cut

    def digest(self) -> str:
        """Return the SHA-256 of what the input was, once all was cut."""
        return self._digest.hexdigest()

    def _shard(self, file: str, rows: int, **members: object) -> Shard:
        shard = Shard(self._number, self._format, file, self._row, rows, **members)  # type: ignore[arg-type]  # a shard's own members
        self._number += 1
        self._row += rows
        return shard

    def _seal(self, *parts: object) -> None:
        self._digest.update(json.dumps(parts).encode())

    def _images(self, files: Iterator[SourceFile]) -> Iterator[Shard]:
        names: list[str] = []
        for file in files:
            self._seal(file.name, file.size, file.version)
            names.append(file.name)
            if len(names) == self._most:
                yield self._shard("", len(names), names=tuple(names))
                names = []
        if names:
            yield self._shard("", len(names), names=tuple(names))

    def _parquet(self, file: SourceFile) -> Iterator[Shard]:
        self._seal(file.name, file.size, file.version)
        meta = open_parquet(self._place, file.name, self._columns).metadata
        line = 1
        for group in range(meta.num_row_groups):
            count = meta.row_group(group).num_rows
            for start in range(0, count, self._most):
                rows = min(self._most, count - start)
                yield self._shard(file.name, rows, line=line, start=start, length=rows, group=group)
                line += rows

    def _lines(self, file: SourceFile) -> Iterator[Shard]:
        blocks = FileBlocks(self._place, file.name)
        start, line = 0, 1
        header: tuple[str, ...] = ()
        if self._format == "csv":
            first, header = read_header(self._place, file.name, self._columns)
            start, line = first.end, first.line + first.lines
            blocks.line(0)
        first_line, rows, end = line, 0, start
        for record in CUTTERS[self._format](blocks, start, line):
            if rows == self._most or (rows and record.end - start > SHARD_BYTES):
                yield self._shard(
                    file.name, rows, line=first_line, start=start, length=end - start, header=header
                )
                start, first_line, rows = record.start, record.line, 0
            rows, end = rows + 1, record.end
        if rows:
            yield self._shard(
                file.name, rows, line=first_line, start=start, length=end - start, header=header
            )
        self._seal(file.name, file.size, blocks.hexdigest())
