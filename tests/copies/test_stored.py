"""The stored form of a sample."""

import numpy as np
import pytest

from quell.copies.stored import StoredSample
from tests.copies.doubles import scene, shown, tiny_reader


def test_a_sample_survives_its_bytes() -> None:
    """Reading and writing again gives the same bytes."""
    stored = tiny_reader().sample(shown(scene(1), scene(2)))

    again = StoredSample.from_bytes(stored)

    assert again.to_bytes() == stored
    assert len(again.bits) == 2
    assert again.keypoints.descriptors.shape[1] == 128


def test_a_sample_fits_in_64_kib() -> None:
    """The busiest picture of many frames stays within the bound."""
    noise = [
        np.random.default_rng(seed).integers(0, 256, (720, 1280, 3), dtype=np.uint8) for seed in range(6)
    ]

    assert len(tiny_reader().sample(shown(*noise))) <= 64 * 1024


def test_other_bytes_are_refused() -> None:
    """Bytes that no reader wrote do not become a sample."""
    with pytest.raises(ValueError, match="not the bytes of a sample"):
        StoredSample.from_bytes(bytes(100))
