"""A sentence encoder on ONNX Runtime: int8, one text at a time, one thread per call.

Graphs read `input_ids` (tokens,) and give `embedding` (dim,) of unit norm. They have no batch axis: with
dynamic int8 a text's vector would depend on the texts that share its batch.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from quell.encoders.base import Window, spans, token_slices
from quell.encoders.pieces import load_pieces
from quell.models.manifest import Manifest, verify


class OnnxTextEncoder:
    """The encoder in one model folder, whose files are verified before they are loaded."""

    def __init__(self, folder: Path, *, window: int | None = None, stride: int | None = None) -> None:
        manifest = verify(folder)
        self.name = manifest.name
        self.revision = manifest.revision
        self.dim = _number(manifest, "dim")
        self.languages = tuple(cast("list[str]", manifest.parameters["languages"]))
        self._window = window or _number(manifest, "window")
        self._stride = stride or _number(manifest, "stride")
        if not 0 < self._stride <= self._window <= _number(manifest, "longest"):
            raise ValueError(f"stride {self._stride} and window {self._window} do not fit {self.name}")
        self._prefix = np.array(manifest.parameters["prefix"], np.int64)
        self._suffix = np.array(manifest.parameters["suffix"], np.int64)
        self._pieces = load_pieces(folder / "tokenizer.json")
        self._session = open_session(folder / "model.onnx")

    def windows(self, text: str) -> list[Window]:
        """Cut into overlapping spans of `window` tokens that together cover all of the text."""
        return self._cut(text)[1]

    def encode(self, text: str) -> NDArray[np.float32]:
        """Read the text into one unit vector (dim,); a long text gives the mean of its windows."""
        vectors = self.encode_windows(text)[1]
        if len(vectors) == 1:
            return cast("NDArray[np.float32]", vectors[0])
        mean = vectors.mean(axis=0)
        return cast("NDArray[np.float32]", mean / np.linalg.norm(mean))

    def encode_windows(self, text: str) -> tuple[list[Window], NDArray[np.float32]]:
        """Read each window into a unit vector; gives the windows and the vectors (windows, dim)."""
        pieces, windows = self._cut(text)
        return windows, np.stack([self._run(piece) for piece in pieces])

    def _cut(self, text: str) -> tuple[list[NDArray[np.int64]], list[Window]]:
        ids = np.array(self._pieces.ids(text), np.int64)
        slices = token_slices(len(ids), self._window, self._stride)
        offsets: Sequence[tuple[int, int]] = self._pieces.offsets(text) if len(slices) > 1 else ()
        return [ids[cut] for cut in slices], spans(slices, offsets, len(text))

    def _run(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        whole = np.concatenate([self._prefix, ids, self._suffix])
        return cast("NDArray[np.float32]", self._session.run(None, {"input_ids": whole})[0])


def _number(manifest: Manifest, key: str) -> int:
    return cast("int", manifest.parameters[key])


def open_session(path: Path) -> onnxruntime.InferenceSession:
    """Open a graph for one thread per call."""
    options = onnxruntime.SessionOptions()
    # One thread per call: the workers are the parallelism, and a second thread inside a call spins.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
