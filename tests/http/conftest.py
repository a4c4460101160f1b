"""A client of the toy app."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from tests.http.toy import toy_client


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    """Return a client with the key."""
    with toy_client() as made:
        yield made
