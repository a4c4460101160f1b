"""A data folder with blocklists, inputs of every format, and sweeps over them as the command runs them."""

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from quell.app import new_id, now
from quell.database import Database
from quell.database.migrate import migrate
from quell.database.opening import open_database
from quell.settings import Settings
from quell.sweep.domain import Question
from quell.sweep.folder import SweepFolder
from quell.sweep.places import open_place
from quell.sweep.planning import PlanRules
from quell.sweep.running import Request, run_sweep
from quell.sweep.work import Engine, HereEngine
from quell.sweeping import sweep_surroundings
from tests.blocklists.lists import Lists, build_lists
from tests.databases import database_url

WORDS = Question(blocklists=("words",))


@dataclass
class Bench:
    """Sweeps into folders below `path`."""

    path: Path
    settings: Settings
    database: Database
    lists: Lists

    def sweep(
        self,
        source: Path | str,
        out: str = "out",
        *,
        question: Question = WORDS,
        rules: PlanRules | None = None,
        engine: Engine | None = None,
        every_row: bool = False,
    ) -> dict[str, Any]:
        """Sweep a source; return the summary."""
        rules = rules or PlanRules(shard_rows=10)
        place = open_place(str(source), self.settings.blob_stores)
        around = sweep_surroundings(self.settings, self.database, place, question)
        request = Request(str(source), question, rules, every_row=every_row)
        try:
            return run_sweep(SweepFolder(self.path / out), request, around, engine or HereEngine())
        finally:
            place.close()

    def results(self, out: str = "out") -> list[dict[str, Any]]:
        """Return the rows of the results."""
        found: list[dict[str, Any]] = pq.read_table(self.path / out / "results.parquet").to_pylist()
        return found

    def content(self, out: str = "out") -> dict[str, bytes]:
        """Return what a finished sweep leaves, but for its manifest, which knows when files were touched."""
        names = ("results.parquet", "errors.jsonl", "summary.json")
        return {name: (self.path / out / name).read_bytes() for name in names}

    def close(self) -> None:
        """Give everything back."""
        self.database.close()


def build_bench(path: Path) -> Bench:
    """Return a bench with one blocklist, `words`, of the words gold and silver."""
    settings = Settings(data=path / "data", database=database_url(path), durability="normal")
    database = open_database(settings.data, settings.database, durability="normal")
    migrate(database)
    lists = build_lists(database, "block", now, new_id)
    lists.create("words", "gold", "silver")
    return Bench(path, settings, database, lists)


def texts(count: int) -> Iterator[tuple[str, str]]:
    """Yield ids and texts: every third is a hit, and some hold what formats have to quote."""
    for number in range(count):
        word = "gold" if number % 3 == 0 else "tin"
        yield (
            f"p{number}",
            f'"{word}", she said;\n{number}, größer 🎉' if number % 5 == 0 else f"{word} {number}",
        )


def write_jsonl(path: Path, rows: Iterator[tuple[str, str]] | Sequence[tuple[str, str]]) -> Path:
    """Write JSON Lines."""
    lines = (json.dumps({"id": name, "text": text}, ensure_ascii=False) + "\n" for name, text in rows)
    path.write_text("".join(lines), encoding="utf-8")
    return path


def write_csv(path: Path, rows: Iterator[tuple[str, str]] | Sequence[tuple[str, str]]) -> Path:
    """Write CSV with a byte-order mark and Windows line ends, as spreadsheets do."""
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows([("id", "text"), *rows])
    return path


def write_parquet(path: Path, rows: Iterator[tuple[str, str]] | Sequence[tuple[str, str]]) -> Path:
    """Write Parquet in row groups that end elsewhere than shards do."""
    known = list(rows)
    table = pa.table({"text": [text for _, text in known], "id": [name for name, _ in known]})
    pq.write_table(table, path, row_group_size=37)
    return path


WRITERS = {"jsonl": write_jsonl, "csv": write_csv, "parquet": write_parquet}


def without_place(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return results without what differs between formats: the file, and the line in it."""
    return [{key: value for key, value in row.items() if key not in {"file", "line"}} for row in rows]
