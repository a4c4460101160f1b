"""Reads pictures with the shipped classifier, one view at a time, one thread per call."""

import io
import threading
from pathlib import Path
from typing import Literal, cast

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

from quell.models.manifest import verify
from quell.nudity.domain import NudityReading, PictureToJudge, severity_of

_VIEWS: tuple[Literal["white", "black"], ...] = ("white", "black")


class NudityReader:
    """The classifier in one model folder: verified at once, loaded when the first picture comes."""

    def __init__(self, folder: Path) -> None:
        manifest = verify(folder)
        given = manifest.parameters
        self.name = manifest.name
        self.revision = manifest.revision
        self.classes = tuple(cast("list[str]", given["classes"]))
        self.cuts = tuple(cast("list[float]", given["cuts"]))
        self._explicit = frozenset(cast("list[str]", given["explicit"]))
        self._resized = cast("int", given["resized"])
        self._side = cast("int", given["side"])
        self._mean = np.array(given["mean"], np.float32)
        self._path = folder / "model.onnx"
        self._session: onnxruntime.InferenceSession | None = None
        self._loading = threading.Lock()

    def read(self, picture: PictureToJudge) -> NudityReading:
        """Return the reading of the worst of all frames and views."""
        readings = [
            self._reading(self.probabilities(view), number, name)
            for number, frame in enumerate(picture.frames)
            for name, view in zip(_VIEWS, frame.views, strict=False)
        ]
        return max(readings, key=lambda reading: reading.explicit)

    def probabilities(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the probability of each class, shape (classes,), for pixels (height, width, 3)."""
        batch = self._prepared(rgb)[np.newaxis]
        return cast("NDArray[np.float32]", self._loaded().run(None, {self._input(): batch})[0][0])

    def _reading(
        self, chances: NDArray[np.float32], frame: int, view: Literal["white", "black"]
    ) -> NudityReading:
        by_class = {name: float(chance) for name, chance in zip(self.classes, chances, strict=True)}
        explicit = sum(chance for name, chance in by_class.items() if name in self._explicit)
        return NudityReading(severity_of(explicit, self.cuts), explicit, by_class, frame, view)

    def _prepared(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return what the network was trained on: the middle of a square, blue first, less the mean.

        The round through JPEG is part of the published preparation; without it scores differ.
        """
        shape, edge = (self._resized, self._resized), (self._resized - self._side) // 2
        whole = Image.fromarray(rgb).resize(shape, Image.Resampling.BILINEAR)
        middle = whole.crop((edge, edge, edge + self._side, edge + self._side))
        with io.BytesIO() as packed:
            middle.save(packed, format="JPEG")
            pixels = np.asarray(Image.open(packed), np.float32)
        return np.ascontiguousarray(pixels[:, :, ::-1] - self._mean)

    def _input(self) -> str:
        return cast("str", self._loaded().get_inputs()[0].name)

    def _loaded(self) -> onnxruntime.InferenceSession:
        with self._loading:
            if self._session is None:
                options = onnxruntime.SessionOptions()
                # One thread per call: the workers are the parallelism.
                options.intra_op_num_threads = 1
                options.inter_op_num_threads = 1
                options.log_severity_level = 3
                providers = ["CPUExecutionProvider"]
                self._session = onnxruntime.InferenceSession(str(self._path), options, providers=providers)
            return self._session
