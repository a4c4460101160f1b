"""The copy-detection network on ONNX Runtime: int8, one picture at a time, one thread per call."""

from pathlib import Path
from typing import cast

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from quell.copies.domain import Rgb
from quell.models.manifest import verify

_INTERPOLATIONS = {"area": cv2.INTER_AREA, "bilinear": cv2.INTER_LINEAR, "bicubic": cv2.INTER_CUBIC}
_GLANCE_SIDE = 128


class CopyNetwork:
    """The network in one model folder, whose files are verified before they are loaded.

    The graph reads `pixels`, float32 (1, 3, side, side), and gives `embedding`, (1, dim) of unit norm. It was
    written for one side; nothing but the shape that its input declares depends on it.
    """

    def __init__(self, folder: Path) -> None:
        manifest = verify(folder)
        self.name = manifest.name
        self.revision = manifest.revision
        parameters = manifest.parameters
        self._side = cast("int", parameters["side"])
        self._interpolation = _INTERPOLATIONS[str(parameters.get("interpolation", "area"))]
        self._levels = _levels(parameters["mean"], parameters["std"])
        graph, self._any_side = _of_any_side((folder / "model.onnx").read_bytes(), self._side)
        self._session = _open(graph)
        self.dim = int(self._session.get_outputs()[0].shape[1])

    def embed(self, rgb: Rgb) -> NDArray[np.float32]:
        """Read one picture (h, w, 3) into a unit vector (dim,)."""
        return self._read(rgb, self._side)

    def glance(self, rgb: Rgb) -> NDArray[np.float32]:
        """Read one picture from fewer pixels, in a third of the time, into roughly the same vector (dim,)."""
        return self._read(rgb, min(_GLANCE_SIDE, self._side) if self._any_side else self._side)

    def _read(self, rgb: Rgb, side: int) -> NDArray[np.float32]:
        size = (side, side)
        smaller = cv2.resize(np.ascontiguousarray(rgb), size, interpolation=self._interpolation)
        pixels = np.empty((1, 3, side, side), np.float32)
        for channel, plane in enumerate(cv2.split(smaller)):
            cv2.LUT(plane, self._levels[channel], dst=pixels[0, channel])
        vector = cast("NDArray[np.float32]", self._session.run(["embedding"], {"pixels": pixels})[0])[0]
        return cast("NDArray[np.float32]", vector / np.linalg.norm(vector))


def _levels(mean: object, spread: object) -> NDArray[np.float32]:
    """Give what the network reads for each of 256 values of each channel, (3, 256), to look it up."""
    values = np.arange(256, dtype=np.uint8).astype(np.float32)[:, None] / 255.0
    levels = (values - np.array(mean, np.float32)) / np.array(spread, np.float32)
    return np.ascontiguousarray(levels.T)


def _of_any_side(graph: bytes, side: int) -> tuple[bytes, bool]:
    """Let a graph's input have any height and width; False where it is not declared as it is here.

    In the file a side is a dimension with a number (field 1), here one with a name (field 2) of equal length.
    """
    number = bytes((side & 0x7F | 0x80, side >> 7))
    fixed = (b"\x0a\x03\x08" + number) * 2
    if not 128 <= side < 1 << 14 or graph.count(fixed) != 1:
        return graph, False
    return graph.replace(fixed, b"\x0a\x03\x12\x01h\x0a\x03\x12\x01w"), True


def _open(graph: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
