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


class CopyNetwork:
    """The network in one model folder, whose files are verified before they are loaded.

    The graph reads `pixels`, float32 (1, 3, side, side), and gives `embedding`, (1, dim) of unit norm.
    """

    def __init__(self, folder: Path) -> None:
        manifest = verify(folder)
        self.name = manifest.name
        self.revision = manifest.revision
        parameters = manifest.parameters
        self._side = cast("int", parameters["side"])
        self._interpolation = _INTERPOLATIONS[str(parameters.get("interpolation", "area"))]
        self._levels = _levels(parameters["mean"], parameters["std"])
        self._session = _open(folder / "model.onnx")
        self.dim = int(self._session.get_outputs()[0].shape[1])

    def embed(self, rgb: Rgb) -> NDArray[np.float32]:
        """Read one picture (h, w, 3) into a unit vector (dim,)."""
        size = (self._side, self._side)
        smaller = cv2.resize(np.ascontiguousarray(rgb), size, interpolation=self._interpolation)
        pixels = np.empty((1, 3, self._side, self._side), np.float32)
        for channel, plane in enumerate(cv2.split(smaller)):
            cv2.LUT(plane, self._levels[channel], dst=pixels[0, channel])
        vector = cast("NDArray[np.float32]", self._session.run(["embedding"], {"pixels": pixels})[0])[0]
        return cast("NDArray[np.float32]", vector / np.linalg.norm(vector))


def _levels(mean: object, spread: object) -> NDArray[np.float32]:
    """Give what the network reads for each of 256 values of each channel, (3, 256), to look it up."""
    values = np.arange(256, dtype=np.uint8).astype(np.float32)[:, None] / 255.0
    levels = (values - np.array(mean, np.float32)) / np.array(spread, np.float32)
    return np.ascontiguousarray(levels.T)


def _open(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
