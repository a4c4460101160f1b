"""How a source is cut: every row in one shard, whatever the edges."""

from pathlib import Path

import pytest

from quell.sweep.domain import SHARD_BYTES, Columns, Shard
from quell.sweep.places import open_place
from quell.sweep.planning import PlanRules, make_plan, read_plan
from quell.sweep.reading import ShardReader
from tests.sweep.bench import WRITERS, texts, write_jsonl


def plan_of(source: Path, rules: PlanRules) -> list[Shard]:
    """Return the shards of a source."""
    make_plan(open_place(str(source), {}), rules, source.parent / "plan")
    return list(read_plan(source.parent / "plan"))


@pytest.mark.parametrize("format_", WRITERS)
@pytest.mark.parametrize("rows", [1, 7, 1000])
def test_every_row_is_in_one_shard(tmp_path: Path, format_: str, rows: int) -> None:
    """In the order of the rows, of at most so many, and read out of order as well as in order."""
    source = WRITERS[format_](tmp_path / f"posts.{format_}", texts(100))

    shards = plan_of(source, PlanRules(shard_rows=rows))

    assert [shard.number for shard in shards] == list(range(len(shards)))
    assert max(shard.rows for shard in shards) <= rows
    reader = ShardReader(open_place(str(source), {}), Columns())
    for order in (shards, shards[::-1]):
        items = sorted((item for shard in order for item in reader.read(shard)), key=lambda item: item.row)
        assert [(item.row, item.id, item.text) for item in items] == [
            (number, name, text) for number, (name, text) in enumerate(texts(100))
        ]


def test_long_rows_make_short_shards(tmp_path: Path) -> None:
    """So that a process never holds much, however many rows a shard may have."""
    source = write_jsonl(tmp_path / "posts.jsonl", [("1", "x" * 500_000)] * 30)

    shards = plan_of(source, PlanRules())

    assert len(shards) > 1
    assert max(shard.length for shard in shards) <= SHARD_BYTES


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path: Path) -> None:
    """Its folders, too; what is hidden and other files are left out."""
    for name in ("b.jsonl", "a/z.jsonl", ".hidden.jsonl", ".git/x.jsonl", "readme.md", "c.ndjson"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        write_jsonl(tmp_path / "in" / name, texts(2))

    shards = plan_of(tmp_path / "in", PlanRules())

    assert [(shard.file, shard.first) for shard in shards] == [
        ("a/z.jsonl", 0),
        ("b.jsonl", 2),
        ("c.ndjson", 4),
    ]
