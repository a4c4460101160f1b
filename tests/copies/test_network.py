"""The copy network: what its graph is fed."""

from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from quell.copies import CopyNetwork
from quell.models import WEIGHTS, load_manifest

FOLDER = WEIGHTS / "copies-mobilenet"


class Recorder:
    """Stands for the graph and keeps what it was fed."""

    def __init__(self, dim: int) -> None:
        self.fed: list[NDArray[np.float32]] = []
        self._dim = dim

    def run(self, _: Any, feed: dict[str, NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """Keep the pixels; answer with any vector."""
        self.fed.append(feed["pixels"])
        return [np.ones((1, self._dim), np.float32)]


def test_pixels_are_normalised(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looked up, every value is to the last bit what mean and spread make of it."""
    network = CopyNetwork(FOLDER)
    parameters = load_manifest(FOLDER).parameters
    side = cast("int", parameters["side"])
    rgb = np.random.default_rng(1).integers(0, 256, (side, side, 3), dtype=np.uint8)
    graph = Recorder(network.dim)
    monkeypatch.setattr(network, "_session", graph)

    vector = network.embed(rgb)

    mean, spread = (np.array(parameters[name], np.float32) for name in ("mean", "std"))
    wanted = ((rgb.astype(np.float32) / 255.0 - mean) / spread).transpose(2, 0, 1)[None]
    assert np.array_equal(graph.fed[0], wanted)
    assert np.isclose(np.linalg.norm(vector), 1.0)
