"""BERT weights in memory, and the small ONNX graph that runs them on one text at a time.

The graph reads `input_ids` of shape (tokens,) and gives `embedding` of shape (hidden,), unit norm. It has no
batch axis on purpose: with dynamic int8 the answer for a text would depend on its neighbours in the batch.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from training.encoders.quantise import blocks_of, evened, integers_of, packed

Floats = NDArray[np.float32]
MICROSOFT = "com.microsoft"


@dataclass(frozen=True)
class Linear:
    """`x @ kernel + bias`; kernel (inputs, outputs), bias (outputs,)."""

    kernel: Floats
    bias: Floats


@dataclass(frozen=True)
class Norm:
    """Layer normalisation over the last axis; both (hidden,)."""

    scale: Floats
    bias: Floats


@dataclass(frozen=True)
class Layer:
    """One transformer block, post-norm as in BERT; `qkv` holds query, key and value side by side."""

    qkv: Linear
    attention_out: Linear
    attention_norm: Norm
    feed_in: Linear
    feed_out: Linear
    feed_norm: Norm


@dataclass(frozen=True)
class Bert:
    """Everything the forward pass needs; `position` already holds token type 0.

    `four_bit_words`: the word embeddings were read from blocks of 32 four-bit integers, and can be kept so.
    """

    word: Floats
    position: Floats
    norm: Norm
    layers: list[Layer]
    heads: int
    epsilon: float
    four_bit_words: bool = False


@dataclass
class _Graph:
    """Nodes and initialisers as they grow."""

    exact: bool
    largest: Mapping[str, Floats]
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    initialisers: list[onnx.TensorProto] = field(default_factory=list)

    def constant(self, name: str, values: NDArray[np.generic]) -> str:
        self.initialisers.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def add(self, op: str, inputs: list[str], output: str, domain: str = "", **attributes: object) -> str:
        self.nodes.append(helper.make_node(op, inputs, [output], output, domain=domain, **attributes))
        return output

    def linear(self, x: str, name: str, weights: Linear) -> str:
        bias = self.constant(f"{name}.bias", weights.bias)
        if self.exact:
            kernel = self.constant(f"{name}.kernel", weights.kernel)
            return self.add("Add", [self.add("MatMul", [x, kernel], f"{name}.product"), bias], name)
        kernel = weights.kernel
        if name in self.largest:
            divisor, kernel = evened(kernel, self.largest[name])
            x = self.add("Mul", [x, self.constant(f"{name}.factor", 1 / divisor)], f"{name}.evened")
        # Seven bits: with eight, processors without VNNI overflow their 16-bit sums and answer differently.
        integers, scale = integers_of(kernel, axis=0, top=63)
        quantised = [self.constant(f"{name}.kernel", integers), self.constant(f"{name}.scale", scale[0])]
        return self.add("DynamicQuantizeMatMul", [x, *quantised, "", bias], name, MICROSOFT)

    def residual_norm(self, x: str, skip: str, name: str, weights: Norm, *, epsilon: float) -> str:
        # Two plain operators: the fused SkipLayerNormalization is twice as slow on CPU.
        total = self.add("Add", [x, skip], f"{name}.sum")
        scale = self.constant(f"{name}.scale", weights.scale)
        bias = self.constant(f"{name}.bias", weights.bias)
        return self.add("LayerNormalization", [total, scale, bias], name, epsilon=epsilon)


def _words(graph: _Graph, bert: Bert) -> str:
    if graph.exact:
        return graph.add("Gather", [graph.constant("word", bert.word), "input_ids"], "words")
    if not bert.four_bit_words:
        integers, scale = integers_of(bert.word, axis=1, top=127)
        rows = graph.add("Gather", [graph.constant("word", integers), "input_ids"], "word_integers")
        factors = graph.add("Gather", [graph.constant("word.scale", scale), "input_ids"], "word_scales")
        floats = graph.add("Cast", [rows], "word_floats", to=TensorProto.FLOAT)
        return graph.add("Mul", [floats, factors], "words")
    signed, scale = blocks_of(bert.word)
    shape = bert.word.shape
    graph.initialisers.append(helper.make_tensor("word", TensorProto.INT4, shape, packed(signed), raw=True))
    half = graph.constant("word.scale", scale.astype(np.float16))
    sizes = {"gather_axis": 0, "quantize_axis": 1, "block_size": shape[1] // scale.shape[1]}
    rows = graph.add("GatherBlockQuantized", ["word", "input_ids", half], "word_halves", MICROSOFT, **sizes)
    return graph.add("Cast", [rows], "words", to=TensorProto.FLOAT)


def _embeddings(graph: _Graph, bert: Bert) -> str:
    words = _words(graph, bert)
    length = graph.add("Shape", ["input_ids"], "length")
    zero = graph.constant("zero", np.zeros(1, np.int64))
    positions = graph.add("Slice", [graph.constant("position", bert.position), zero, length], "positions")
    batched = [graph.add("Unsqueeze", [x, zero], f"{x}_batched") for x in (words, positions)]
    return graph.residual_norm(*batched, "embedded", bert.norm, epsilon=bert.epsilon)


def _block(graph: _Graph, x: str, number: int, bert: Bert) -> str:
    name, layer, epsilon = f"layer{number}", bert.layers[number], bert.epsilon
    parts = [f"{name}.{part}" for part in ("query", "key", "value")]
    qkv = graph.linear(x, f"{name}.qkv", layer.qkv)
    graph.nodes.append(helper.make_node("Split", [qkv], parts, f"{name}.split", axis=2, num_outputs=3))
    context = graph.add("MultiHeadAttention", parts, f"{name}.context", MICROSOFT, num_heads=bert.heads)
    attended = graph.linear(context, f"{name}.attended", layer.attention_out)
    x = graph.residual_norm(attended, x, f"{name}.attention_norm", layer.attention_norm, epsilon=epsilon)
    wide = graph.add("Gelu", [graph.linear(x, f"{name}.wide", layer.feed_in)], f"{name}.gelu")
    fed = graph.linear(wide, f"{name}.fed", layer.feed_out)
    return graph.residual_norm(fed, x, f"{name}.feed_norm", layer.feed_norm, epsilon=epsilon)


def graph_of(
    bert: Bert, *, exact: bool = False, largest: Mapping[str, Floats] | None = None
) -> onnx.ModelProto:
    """Build the graph: int8, outliers evened out in the layers that `largest` names, or fp32 if `exact`."""
    graph = _Graph(exact, largest or {})
    x = _embeddings(graph, bert)
    for number in range(len(bert.layers)):
        x = _block(graph, x, number, bert)
    axes = graph.constant("token_axes", np.array([0, 1], np.int64))
    mean = graph.add("ReduceMean", [x, axes], "mean", keepdims=0)
    graph.add("LpNormalization", [mean], "embedding", axis=0, p=2)
    made = helper.make_graph(
        graph.nodes,
        "encoder",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["tokens"])],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [bert.word.shape[1]])],
        graph.initialisers,
    )
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=10, producer_name="quell")
