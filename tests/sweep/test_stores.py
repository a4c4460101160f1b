"""Sweeps over a bucket: as over a folder, whatever order it lists in."""

from dataclasses import replace

import pytest

from quell.errors import InvalidRequestBody
from quell.sweep.planning import PlanRules
from tests.sweep.bench import WRITERS, Bench, texts
from tests.sweep.buckets import s3_bucket


def test_a_bucket_gives_what_a_folder_gives(bench: Bench) -> None:
    """Every format; pages of the listing, and blobs beside the prefix, make no difference."""
    objects = {"other/posts.csv": b"text\ngold\n", "posts.csv": b"text\ngold\n"}
    for format_, write in WRITERS.items():
        for name in ("a b", "c/d", "é"):
            path = bench.path / "local" / f"{name}.{format_}"
            path.parent.mkdir(parents=True, exist_ok=True)
            objects[f"posts/{name}.{format_}"] = write(path, texts(40)).read_bytes()
    with s3_bucket("archive", objects) as config:
        away = with_store(bench, "s3://archive", config)
        for format_ in WRITERS:
            rules = PlanRules(format_, shard_rows=10)
            bench.sweep(bench.path / "local", f"local-{format_}", rules=rules)

            away.sweep("s3://archive/posts", f"s3-{format_}", rules=rules)

            assert bench.results(f"s3-{format_}") == bench.results(f"local-{format_}")
        away.sweep("s3://archive/posts/c/d.csv", "one")

        assert len(bench.results("one")) == 14


def test_a_blob_that_changes_is_noticed(bench: Bench) -> None:
    """By its tag, though its size is the same."""
    objects = {"posts.jsonl": b'{"text": "gold"}\n' * 30}
    with s3_bucket("archive", objects) as config:
        away = with_store(bench, "s3://archive", config)

        class Changing:
            def run(self, *_: object) -> object:
                objects["posts.jsonl"] = b'{"text": "lead"}\n' * 30
                return (done for done in ())

        with pytest.raises(InvalidRequestBody, match="has changed"):
            away.sweep("s3://archive/posts.jsonl", engine=Changing())  # type: ignore[arg-type]  # an engine


def with_store(bench: Bench, url: str, config: dict[str, str]) -> Bench:
    """Return the bench with a configured store."""
    return replace(bench, settings=bench.settings.model_copy(update={"blob_stores": {url: config}}))
