"""A sweep over a container of the vendor's own storage emulator."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from quell.errors import InvalidRequestBody
from quell.sweep.planning import PlanRules
from quell.sweep.pool import PoolEngine
from tests.acceptance.azure_signing import put_blob, put_container
from tests.acceptance.node_tools import ACCOUNT, ACCOUNT_KEY, Azurite
from tests.sweep.bench import Bench, build_bench, texts, without_place, write_csv, write_jsonl, write_parquet

WRONG_KEY = "AAAAbGwtYWNjZXB0YW5jZS10ZXN0cy1hY2NvdW50LWtleQ=="


@pytest.fixture
def bench(tmp_path: Path, azurite: Azurite) -> Iterator[Bench]:
    """Return a bench that was given the account's key for one container."""
    built = build_bench(tmp_path)
    store = {f"{azurite.account_url}/archive": {"account_name": ACCOUNT, "account_key": ACCOUNT_KEY}}
    yield replace(built, settings=built.settings.model_copy(update={"blob_stores": store}))
    built.close()


def test_a_container_is_swept_as_a_folder_is(bench: Bench, azurite: Azurite) -> None:
    """Every format, below a prefix, by a short name and by a whole one, also from another process."""
    put_container(azurite, "archive")
    local = bench.path / "posts"
    local.mkdir()
    for write, name in ((write_csv, "a.csv"), (write_jsonl, "b.jsonl"), (write_parquet, "c.parquet")):
        path = write(local / name, texts(60))
        put_blob(azurite, f"archive/2026/10 öl/{name}", path.read_bytes())
    put_blob(azurite, "archive/2026/10 öl/.hidden.csv", b"text\ngold\n")
    put_blob(azurite, "archive/2026/10 ölig.csv", b"text\ngold\n")
    for format_ in ("csv", "jsonl", "parquet"):
        rules = PlanRules(format_, shard_rows=10)
        bench.sweep(local, f"local-{format_}", rules=rules)

        bench.sweep("az://archive/2026/10 öl", f"az-{format_}", rules=rules)

        assert bench.results(f"az-{format_}") == bench.results(f"local-{format_}")
    whole = f"{azurite.account_url}/archive/2026/10%20%C3%B6l/b.jsonl"
    bench.sweep(whole, "one", engine=PoolEngine(1))
    assert without_place(bench.results("one")) == without_place(bench.results("local-jsonl"))


def test_what_a_store_refuses_is_said_without_its_words(bench: Bench, azurite: Azurite) -> None:
    """Neither keys nor hosts; and an empty prefix has no files."""
    put_container(azurite, "other")
    store = {f"{azurite.account_url}/other": {"account_name": ACCOUNT, "account_key": WRONG_KEY}}
    closed = replace(bench, settings=bench.settings.model_copy(update={"blob_stores": store}))

    with pytest.raises(InvalidRequestBody, match=r"refuses access|cannot be listed") as refused:
        closed.sweep("az://other/posts")

    assert ACCOUNT not in refused.value.message
    with pytest.raises(InvalidRequestBody, match="known ending"):
        bench.sweep("az://archive/nothing-here")
