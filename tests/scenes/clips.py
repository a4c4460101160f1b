"""A CLIP model of nine numbers: pictures are their mean colour, texts the colours that they name."""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers

COLOURS = {"red": (1.0, 0.0, 0.0), "green": (0.0, 1.0, 0.0), "blue": (0.0, 0.0, 1.0)}
CALM_GREEN = """
calm = ["green"]
[Violence]
4 = ["red"]
[Sexual]
2 = ["blue"]
"""


def clip_folder(folder: Path, descriptions: str | None = CALM_GREEN, graphs: str = "onnx") -> Path:
    """Write the model in the layout of the exporters."""
    (folder / graphs).mkdir(parents=True, exist_ok=True)
    config = {"crop_size": {"height": 32, "width": 32}, "image_mean": [0, 0, 0], "image_std": [1, 1, 1]}
    (folder / "preprocessor_config.json").write_text(json.dumps(config))
    words = Tokenizer(models.WordLevel({"?": 0, "red": 1, "green": 2, "blue": 3}, unk_token="?"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words.save(str(folder / "tokenizer.json"))
    if descriptions is not None:
        (folder / "descriptions.toml").write_text(descriptions)
    _save(_vision(), folder / graphs / "vision_model.onnx")
    _save(_text(), folder / graphs / "text_model.onnx")
    return folder


def _vision() -> onnx.GraphProto:
    return helper.make_graph(
        [helper.make_node("ReduceMean", ["pixel_values"], ["image_embeds"], axes=[2, 3], keepdims=0)],
        "vision",
        [helper.make_tensor_value_info("pixel_values", TensorProto.FLOAT, [1, 3, 32, 32])],
        [helper.make_tensor_value_info("image_embeds", TensorProto.FLOAT, [1, 3])],
    )


def _text() -> onnx.GraphProto:
    table = np.array([(0.1, 0.1, 0.1), *COLOURS.values()], np.float32)
    return helper.make_graph(
        [
            helper.make_node("Gather", ["table", "input_ids"], ["words"]),
            helper.make_node("ReduceMean", ["words"], ["text_embeds"], axes=[1], keepdims=0),
        ],
        "text",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "tokens"])],
        [helper.make_tensor_value_info("text_embeds", TensorProto.FLOAT, [1, 3])],
        initializer=[numpy_helper.from_array(table, "table")],
    )


def _save(graph: onnx.GraphProto, path: Path) -> None:
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())
