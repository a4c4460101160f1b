"""The shipped harm model, loaded once."""

import pytest

from quell.harms import HarmModel
from quell.models import WEIGHTS


@pytest.fixture(scope="session")
def model() -> HarmModel:
    """Give the shipped model."""
    return HarmModel(WEIGHTS / "harms-e5")
