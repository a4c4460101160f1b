"""The copy network: what its graph is fed."""

import hashlib
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from quell.copies import CopyNetwork
from quell.models import WEIGHTS, load_manifest
from tests.copies.doubles import scene

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


def test_any_side_changes_no_vector() -> None:
    """The graph that takes pictures of any size gives what the file's own graph gives, to the last bit."""
    network = CopyNetwork(FOLDER)
    side = cast("int", load_manifest(FOLDER).parameters["side"])
    rgb = scene(3, side, side)
    fed = Recorder(network.dim)
    whole, network._session = network._session, cast("Any", fed)
    network.embed(rgb)
    network._session = whole

    found = onnxruntime.InferenceSession(FOLDER / "model.onnx").run(["embedding"], {"pixels": fed.fed[0]})[0]

    assert np.array_equal(network.embed(rgb), found[0] / np.linalg.norm(found[0]))


def test_glance_is_rough() -> None:
    """A glance comes near the vector of its own picture, and nearer than to that of another one."""
    network = CopyNetwork(FOLDER)
    first, second = scene(3), scene(4)

    alike = network.glance(first) @ np.stack([network.embed(first), network.embed(second)]).T

    assert 0.75 < alike[0] < 0.9999
    assert alike[1] < alike[0]


def test_other_graphs_keep_their_side(tmp_path: Path) -> None:
    """A graph that declares its input in another way is read at its own side, also for a glance."""
    parameters = load_manifest(FOLDER).parameters
    graph = (FOLDER / "model.onnx").read_bytes()
    other = graph.replace(b"\x0a\x03\x08\xe0\x01" * 2, b"\x0a\x03\x08\xe0\x01\x0a\x03\x12\x01w")
    (tmp_path / "model.onnx").write_bytes(other)
    manifest = (FOLDER / "manifest.toml").read_text()
    known = hashlib.sha256(graph).hexdigest()
    (tmp_path / "manifest.toml").write_text(manifest.replace(known, hashlib.sha256(other).hexdigest()))
    network = CopyNetwork(tmp_path)

    assert parameters["side"] == 224
    assert np.array_equal(network.glance(scene(3)), network.embed(scene(3)))
