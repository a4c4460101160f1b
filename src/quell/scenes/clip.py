"""A CLIP model in a local folder, in the layout that Optimum and Transformers.js export.

`preprocessor_config.json`, `tokenizer.json`, and in the folder or its `onnx/` the graphs `vision_model*.onnx`
(`pixel_values` float32 (1, 3, side, side) to `image_embeds` (1, dim)) and `text_model*.onnx` (`input_ids`
int64 (1, tokens) to `text_embeds` (1, dim)). Of several of a kind the smallest file is taken.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image
from tokenizers import Tokenizer

from quell.encoders.onnx import open_session
from quell.errors import ModelUnusable

_LONGEST = 77
_IMAGENET = ([0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711])
"""Mean and deviation that CLIP was trained with, where the folder does not say."""


class ClipFolder:
    """Embeds pictures and descriptions into one space; vectors are float32 (dim,) of unit norm."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        try:
            given = json.loads((folder / "preprocessor_config.json").read_text(encoding="utf-8"))
            self._side = _side(given.get("crop_size", given.get("size", 224)))
            self._mean = np.array(given.get("image_mean", _IMAGENET[0]), np.float32)
            self._std = np.array(given.get("image_std", _IMAGENET[1]), np.float32)
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except ModelUnusable:
            raise
        except Exception as unreadable:  # the tokenizer's package raises bare exceptions
            raise ModelUnusable(
                f"The CLIP folder {folder} needs a readable preprocessor_config.json and tokenizer.json "
                f"({unreadable})."
            ) from unreadable
        self._tokenizer.enable_truncation(_LONGEST)
        self._tokenizer.no_padding()
        self._vision = _open(folder, "vision_model")
        self._text_graph = _graph(folder, "text_model")

    def picture(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Embed pixels (h, w, 3): the middle square, as the model was trained."""
        edge = min(rgb.shape[:2])
        top, left = (rgb.shape[0] - edge) // 2, (rgb.shape[1] - edge) // 2
        square = Image.fromarray(rgb[top : top + edge, left : left + edge])
        pixels = np.asarray(square.resize((self._side, self._side), Image.Resampling.BICUBIC), np.float32)
        batch = ((pixels / 255 - self._mean) / self._std).transpose(2, 0, 1)[np.newaxis]
        return _unit(self._vision.run(["image_embeds"], {"pixel_values": batch.astype(np.float32)})[0])

    def texts(self, descriptions: Sequence[str]) -> NDArray[np.float32]:
        """Embed descriptions: (descriptions, dim). The graph is opened for this call alone."""
        session = open_session(self._text_graph)
        known = {one.name for one in session.get_inputs()}
        vectors = []
        for text in descriptions:
            ids = np.array([self._tokenizer.encode(text).ids], np.int64)
            inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
            feed = {name: value for name, value in inputs.items() if name in known}
            vectors.append(_unit(session.run(["text_embeds"], feed)[0]))
        return np.stack(vectors)


def _open(folder: Path, kind: str) -> onnxruntime.InferenceSession:
    path = _graph(folder, kind)
    try:
        return open_session(path)
    except Exception as unreadable:  # the runtime's exceptions have no common class
        raise ModelUnusable(f"The graph {path} cannot be opened ({unreadable}).") from unreadable


def _graph(folder: Path, kind: str) -> Path:
    found = [*folder.glob(f"{kind}*.onnx"), *folder.glob(f"onnx/{kind}*.onnx")]
    if not found:
        raise ModelUnusable(f"The CLIP folder {folder} has no {kind}.onnx, nor has its folder onnx.")
    return min(found, key=lambda path: (path.stat().st_size, path.name))


def _side(given: Any) -> int:  # noqa: ANN401 - a number, or one of two objects, by the exporter's age
    side = given if isinstance(given, int) else given.get("height", given.get("shortest_edge"))
    if not isinstance(side, int) or not 32 <= side <= 1024:
        raise ModelUnusable("The CLIP folder asks for pictures of an impossible size.")
    return side


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    flat = np.asarray(vector, np.float32).reshape(-1)
    return cast("NDArray[np.float32]", flat / max(float(np.linalg.norm(flat)), 1e-12))
