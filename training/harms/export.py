"""Turns trained weights into the int8 graph that Quell runs: encoder and heads in one."""

from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from torch import Tensor

from training.encoders import smoothing
from training.encoders.bert import Bert, Layer, Linear, Norm, graph_of
from training.harms.network import CATEGORIES, CUTS

HEADS = 12
EPSILON = 1e-12
POSITIONS = 160
EVENED = ("qkv", "wide", "fed")


def _array(value: Tensor) -> NDArray[np.float32]:
    return np.ascontiguousarray(value.float().numpy())


def _linear(state: dict[str, Tensor], name: str) -> Linear:
    return Linear(_array(state[f"{name}.weight"].T), _array(state[f"{name}.bias"]))


def _norm(state: dict[str, Tensor], name: str) -> Norm:
    return Norm(_array(state[f"{name}.weight"]), _array(state[f"{name}.bias"]))


def body_of(state: dict[str, Tensor]) -> Bert:
    """Arrange the encoder part of a trained network for the graph."""
    count = len({name.split(".")[1] for name in state if name.startswith("layers.")})
    layers = [
        Layer(
            qkv=_linear(state, f"layers.{n}.qkv"),
            attention_out=_linear(state, f"layers.{n}.out"),
            attention_norm=_norm(state, f"layers.{n}.norm1"),
            feed_in=_linear(state, f"layers.{n}.wide"),
            feed_out=_linear(state, f"layers.{n}.narrow"),
            feed_norm=_norm(state, f"layers.{n}.norm2"),
        )
        for n in range(count)
    ]
    return Bert(
        word=_array(state["word.weight"]), position=_array(state["position.weight"])[:POSITIONS],
        norm=_norm(state, "norm"), layers=layers, heads=HEADS, epsilon=EPSILON, four_bit_words=True,
    )  # fmt: skip


def _with_heads(model: onnx.ModelProto, last: str, state: dict[str, Tensor]) -> onnx.ModelProto:
    """Replace the sentence embedding by pooling, heads and a running minimum over the cuts."""
    graph = model.graph
    del graph.node[-2:]
    del graph.output[:]

    def constant(name: str, values: NDArray[np.generic]) -> str:
        graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def add(op: str, inputs: list[str], output: str, **attributes: object) -> str:
        graph.node.append(helper.make_node(op, inputs, [output], output, **attributes))
        return output

    pooled = [
        add(op, [last, "token_axes"], name, keepdims=0)
        for op, name in (("ReduceMean", "mean"), ("ReduceMax", "most"))
    ]
    both = add("Unsqueeze", [add("Concat", pooled, "both", axis=0), "zero"], "both_row")
    head, cuts = _linear(state, "head"), _linear(state, "cuts")
    hidden = add(
        "Gemm", [both, constant("head.kernel", head.kernel), constant("head.bias", head.bias)], "head"
    )
    kernel = constant("cuts.kernel", cuts.kernel)
    bias = constant("cuts.bias", cuts.bias)
    raw = add("Gemm", [add("Gelu", [hidden], "head.gelu"), kernel, bias], "cuts")
    shape = constant("shape", np.array([len(CATEGORIES), len(CUTS)], np.int64))
    table = add("Reshape", [raw, shape], "table")
    names = [f"cut{n}" for n in range(len(CUTS))]
    graph.node.append(helper.make_node("Split", [table], names, "split_cuts", axis=1, num_outputs=len(CUTS)))
    falling = [names[0]]
    for n in range(1, len(CUTS)):
        falling.append(add("Min", [falling[-1], names[n]], f"falling{n}"))
    add("Concat", falling, "logits", axis=1)
    graph.output.append(
        helper.make_tensor_value_info("logits", TensorProto.FLOAT, [len(CATEGORIES), len(CUTS)])
    )
    onnx.checker.check_model(model)
    return model


def harm_graph(path: Path, tokenizer: Tokenizer, texts: list[str], *, exact: bool = False) -> onnx.ModelProto:
    """Build the graph of a trained network; `texts` show where activations have outliers."""
    state = torch.load(path, weights_only=False)["network"]
    body = body_of(state)
    ids = [np.array(tokenizer.encode(text).ids[:128], np.int64) for text in texts]
    largest = {} if exact else smoothing.largest_activations(body, ids)
    kept = {name: values for name, values in largest.items() if name.split(".")[1] in EVENED}
    model = graph_of(body, exact=exact, largest=kept)
    return _with_heads(model, f"layer{len(body.layers) - 1}.feed_norm", state)
