"""A fresh wired app for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.wire.app import wired


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """Return a client with the key, over an empty data folder."""
    with wired(tmp_path / "folder") as made:
        yield made
