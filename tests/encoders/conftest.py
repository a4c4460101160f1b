"""The shipped encoders, loaded once."""

import pytest

from quell.encoders import OnnxTextEncoder
from quell.models import WEIGHTS


@pytest.fixture(scope="session")
def english() -> OnnxTextEncoder:
    """Give the English encoder."""
    return OnnxTextEncoder(WEIGHTS / "gte-small")


@pytest.fixture(scope="session")
def multilingual() -> OnnxTextEncoder:
    """Give the multilingual encoder."""
    return OnnxTextEncoder(WEIGHTS / "e5-small")


@pytest.fixture(params=["english", "multilingual"])
def encoder(request: pytest.FixtureRequest) -> OnnxTextEncoder:
    """Give each encoder in turn."""
    encoder: OnnxTextEncoder = request.getfixturevalue(request.param)
    return encoder
