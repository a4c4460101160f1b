"""A house for each test that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.house import House, build_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return everything around an empty data folder."""
    built = build_house(tmp_path)
    yield built
    built.close()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    """Return an HTTP client of the house."""
    with house.client() as made:
        yield made
