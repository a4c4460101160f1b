"""What opening the networks must refuse."""

import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from quell.errors import ModelUnusable
from quell.ocr import TextInPictures, weights
from quell.ocr.weights import DETECTION, carrier, faint_tensors, open_network, shipped
from tests.ocr.drawing import drawn


def test_a_changed_network_is_refused(tmp_path: Path) -> None:
    """One byte more, and the file is not opened."""
    shutil.copytree(carrier() / "models", tmp_path / "models")
    with (tmp_path / shipped().files[1].path).open("ab") as file:
        file.write(b"\0")

    with pytest.raises(ModelUnusable, match="PP-OCRv6_rec_small"):
        TextInPictures(folder=tmp_path).load()


def test_a_missing_network_is_refused(tmp_path: Path) -> None:
    """The message names the file and the remedy."""
    with pytest.raises(ModelUnusable, match=r"PP-OCRv6_det_small.*Install Quell again"):
        TextInPictures(folder=tmp_path).load()


def test_a_missing_carrier_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package there is no reader, and the message says which one is missing."""
    monkeypatch.setattr("quell.ocr.weights.find_spec", lambda name: None)

    with pytest.raises(ModelUnusable, match="rapidocr"):
        TextInPictures().load()


def test_no_weight_of_the_detection_network_is_denormal() -> None:
    """Every tensor with weights next to nothing is named, so that none slows the network down."""
    data = (carrier() / shipped().files[DETECTION].path).read_bytes()

    network = onnx.load_from_string(weights._without_faint(data, faint_tensors(shipped())))

    tensors = [numpy_helper.to_array(tensor) for tensor in network.graph.initializer]
    floats = np.concatenate([tensor.ravel() for tensor in tensors if tensor.dtype == np.float32])
    assert len(floats) > 2_000_000
    assert not ((floats != 0) & (np.abs(floats) < np.finfo(np.float32).tiny)).any()


def test_weights_next_to_nothing_change_nothing_that_is_found() -> None:
    """The map of text is the same number for number with and without them."""
    file = shipped().files[DETECTION]
    words = np.asarray(drawn(("A quiet harbour", (40, 40))), np.float32).transpose(2, 0, 1)[np.newaxis]
    feed = {"x": words[:, :, :320, :640] / 127.5 - 1}

    as_made = open_network(carrier(), file).run(None, feed)[0]
    as_opened = open_network(carrier(), file, faint_tensors(shipped())).run(None, feed)[0]

    assert as_made.max() > 0.9
    assert np.array_equal(as_made, as_opened)
