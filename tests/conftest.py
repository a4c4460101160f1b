"""A house for each test that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
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


@pytest.fixture(autouse=True)
def log_as_it_was() -> Iterator[None]:
    """Undo what a test has configured: what later tests see of the log must not depend on their order."""
    yield
    if structlog.is_configured():
        structlog.reset_defaults()
