"""The composition root of the process that does jobs."""

import json
from pathlib import Path

from quell.background import open_background, read_orders, supervisor
from quell.database.opening import open_database
from quell.settings import Settings


def test_a_child_gets_the_settings_of_its_parent_whole(tmp_path: Path) -> None:
    """Secrets, tables and tuples too, and nothing of its own environment."""
    settings = Settings(
        data=tmp_path,
        keys=("a-key-of-the-parent",),
        blob_hosts=("minio.internal:9000", "*.example.org"),
        blob_stores={"s3://policies": {"secret_access_key": "hush"}},
        blob_folder=tmp_path / "examples",
    )
    database = open_database(tmp_path, "", durability="normal")
    orders = supervisor(settings, database)._orders("owner-1")
    database.close()

    assert read_orders(json.dumps(json.loads(orders)).encode()) == ("owner-1", settings)


def test_an_address_with_a_password_reaches_the_child(tmp_path: Path) -> None:
    """It is masked in logs, not in orders."""
    url = "postgresql://quell:hush@db.example/quell"
    settings = Settings(data=tmp_path, database=url)

    assert Settings(**settings.model_dump(mode="json")) == settings
    assert "hush" in json.dumps(settings.model_dump(mode="json"))


def test_without_jobs_a_worker_loads_nothing_and_ends(tmp_path: Path) -> None:
    """The folder is made where it is missing."""
    background = open_background(Settings(data=tmp_path / "new"))

    assert not background.worker.run_next()
    background.close()
