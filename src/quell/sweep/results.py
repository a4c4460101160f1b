"""What comes of a shard as bytes of Parquet, and many as one file: the same bytes for the same rows."""

import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from quell.sweep.domain import Fault, Hit, Judge, Judged, Shard
from quell.sweep.reading import ShardReader

NOTE = b"quell.sweep"
"""The metadata of a shard's file that holds its counts and its faults."""

_GROUP_ROWS = 50_000
_GROUP_BYTES = 64 * 1024 * 1024

_ROW = [
    pa.field("row", pa.int64(), nullable=False),
    pa.field("file", pa.string(), nullable=False),
    pa.field("line", pa.int64(), nullable=False),
    pa.field("id", pa.string()),
]
HITS = pa.schema(
    [
        *_ROW,
        pa.field("kind", pa.string(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("label", pa.string()),
        pa.field("severity", pa.int8()),
        pa.field("probability", pa.float64()),
        pa.field("item", pa.string()),
        pa.field("why", pa.string()),
        pa.field("start", pa.int32()),
        pa.field("end", pa.int32()),
        pa.field("text", pa.string()),
    ]
)
"""One row for each hit."""

_CATEGORIES = ("Hate", "SelfHarm", "Sexual", "Violence", "Drugs")
ALL = pa.schema(
    [
        *_ROW,
        pa.field("hits", pa.int32(), nullable=False),
        pa.field("incidents", pa.list_(pa.string()), nullable=False),
        pa.field("blocklists", pa.list_(pa.string()), nullable=False),
        *(pa.field(name, pa.int8()) for name in _CATEGORIES),
        pa.field(
            "reviews",
            pa.list_(
                pa.struct([("name", pa.string()), ("label", pa.string()), ("confidence", pa.float64())])
            ),
            nullable=False,
        ),
        pa.field("error", pa.string()),
        pa.field("text", pa.string()),
    ]
)
"""One row for each row of the input."""


def judge_shard(reader: ShardReader, judge: Judge, shard: Shard) -> Iterator[Judged]:
    """Yield what comes of each row of a shard."""
    for item in reader.read(shard):
        yield judge.judge(item)


class ShardResult:
    """Gathers what comes of the rows of one shard."""

    def __init__(self, *, every_row: bool, with_text: bool) -> None:
        self.rows = self.hit_rows = 0
        self.faults: list[Fault] = []
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self.records: list[dict[str, Any]] = []
        self._every_row = every_row
        self._with_text = with_text

    def add(self, judged: Judged) -> None:
        """Count one row."""
        self.rows += 1
        self.hit_rows += bool(judged.hits)
        if judged.fault is not None:
            self.faults.append(judged.fault)
        for hit in judged.hits:
            label = str(hit.severity) if hit.severity is not None else hit.label or ""
            self.counts[hit.kind, hit.name, label] += 1
        if self._every_row:
            self.records.append(self._whole(judged))
        else:
            self.records += [{**self._row(judged), **asdict(hit)} for hit in judged.hits]

    def to_bytes(self) -> bytes:
        """Return the file of the shard."""
        note = {
            "rows": self.rows,
            "hitRows": self.hit_rows,
            "counts": [[*key, count] for key, count in sorted(self.counts.items())],
            "faults": [asdict(fault) for fault in self.faults],
        }
        schema = (ALL if self._every_row else HITS).with_metadata({NOTE: json.dumps(note)})
        table = pa.Table.from_pylist(self.records, schema)
        sink = io.BytesIO()
        pq.write_table(table, sink, compression="zstd")
        return sink.getvalue()

    def _row(self, judged: Judged) -> dict[str, Any]:
        item = judged.item
        shown = {"row": item.row, "file": item.file, "line": item.line, "id": item.id}
        return {**shown, "text": item.text if self._with_text else None}

    def _whole(self, judged: Judged) -> dict[str, Any]:
        def named(kind: str) -> list[Hit]:
            return [hit for hit in judged.hits if hit.kind == kind]

        return {
            **self._row(judged),
            "hits": len(judged.hits),
            "incidents": [hit.name for hit in named("incident")],
            "blocklists": list(dict.fromkeys(hit.name for hit in named("blocklist"))),
            **{name: judged.severities.get(name) for name in _CATEGORIES},
            "reviews": [
                {"name": hit.name, "label": hit.label, "confidence": hit.probability}
                for hit in named("reviewer")
            ],
            "error": judged.fault.message if judged.fault else None,
        }


def note_of(path: Path) -> dict[str, Any]:
    """Return the counts and the faults of a shard's file."""
    found: dict[str, Any] = json.loads(pq.read_schema(path).metadata[NOTE])
    return found


class Totals:
    """The counts of all shards together."""

    def __init__(self) -> None:
        self.rows = self.hit_rows = self.faults = 0
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self.first_faults: list[dict[str, Any]] = []

    def add(self, note: dict[str, Any], most_faults: int) -> None:
        """Count one shard; the first faults are kept."""
        self.rows += note["rows"]
        self.hit_rows += note["hitRows"]
        self.faults += len(note["faults"])
        self.first_faults += note["faults"][: max(0, most_faults - len(self.first_faults))]
        for kind, name, label, count in note["counts"]:
            self.counts[kind, name, label] += count


def join_shards(paths: Iterable[Path], target: Path, *, every_row: bool) -> None:
    """Write the rows of all shards into one file, in their order; row groups do not depend on the shards."""
    schema = ALL if every_row else HITS
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        waiting: list[pa.Table] = []
        rows = size = 0
        for path in paths:
            table = pq.read_table(path).replace_schema_metadata(None)
            waiting.append(table)
            rows, size = rows + table.num_rows, size + table.nbytes
            if rows >= _GROUP_ROWS or size >= _GROUP_BYTES:
                writer.write_table(pa.concat_tables(waiting), row_group_size=rows)
                waiting, rows, size = [], 0, 0
        if rows:
            writer.write_table(pa.concat_tables(waiting), row_group_size=rows)
