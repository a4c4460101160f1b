"""Weights read back out of a shipped graph: exact where it keeps them so, within its steps elsewhere."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import numpy_helper
from training.encoders.bert import Bert, Layer, Linear, Norm, graph_of
from training.encoders.quantise import evened
from training.harms.thaw import rows_of, thawed

HIDDEN, PIECES, PLACES = 64, 10, 8
RANDOM = np.random.default_rng(5)


def floats(*shape: int) -> NDArray[np.float32]:
    """Return normal numbers."""
    return RANDOM.normal(size=shape).astype(np.float32)


def linear(inputs: int, outputs: int) -> Linear:
    """Return a layer of normal numbers."""
    return Linear(floats(inputs, outputs), floats(outputs))


def four_bits() -> NDArray[np.float32]:
    """Return a word table as a checkpoint of four bits has it: the largest of each 32 is eight steps."""
    steps = RANDOM.integers(-7, 8, size=(PIECES, HIDDEN)).astype(np.float32)
    steps[:, ::32] = -8
    return steps * np.float32(0.25)


BLOCKS = [
    Layer(
        qkv=linear(HIDDEN, 3 * HIDDEN), attention_out=linear(HIDDEN, HIDDEN),
        attention_norm=Norm(floats(HIDDEN), floats(HIDDEN)),
        feed_in=linear(HIDDEN, 4 * HIDDEN), feed_out=linear(4 * HIDDEN, HIDDEN),
        feed_norm=Norm(floats(HIDDEN), floats(HIDDEN)),
    )
    for _ in range(2)
]  # fmt: skip
BERT = Bert(
    word=four_bits(), position=floats(PLACES, HIDDEN), norm=Norm(floats(HIDDEN), floats(HIDDEN)),
    layers=BLOCKS, heads=2, epsilon=1e-12, four_bit_words=True,
)  # fmt: skip
LOUD = np.array([40.0 if channel == 3 else 1.0 for channel in range(HIDDEN)], np.float32)
HEADS = {"head": linear(2 * HIDDEN, HIDDEN), "cuts": linear(HIDDEN, 16)}


@pytest.fixture(scope="module")
def weights() -> dict[str, NDArray[np.float32]]:
    """Return the weights of a small graph with heads, one of its kernels with an outlier evened out."""
    graph = graph_of(BERT, largest={"layer1.qkv": LOUD}).graph
    for name, head in HEADS.items():
        graph.initializer.append(numpy_helper.from_array(head.kernel, f"{name}.kernel"))
        graph.initializer.append(numpy_helper.from_array(head.bias, f"{name}.bias"))
    graph = onnx.GraphProto.FromString(graph.SerializeToString())
    found, layers = thawed(graph)
    assert layers == len(BLOCKS)
    return found


def test_words_places_norms_and_heads_come_back_as_they_were(weights: dict[str, NDArray[np.float32]]) -> None:
    """None of these is rounded in a graph."""
    assert np.array_equal(weights["word.weight"], BERT.word)
    assert np.array_equal(weights["position.weight"][:PLACES], BERT.position)
    assert np.array_equal(weights["layers.1.norm2.bias"], BLOCKS[1].feed_norm.bias)
    assert np.array_equal(weights["head.weight"], HEADS["head"].kernel.T)
    assert np.array_equal(weights["layers.0.narrow.bias"], BLOCKS[0].feed_out.bias)


@pytest.mark.parametrize(
    ("name", "kernel"),
    [
        ("layers.0.qkv", BLOCKS[0].qkv.kernel),
        ("layers.0.out", BLOCKS[0].attention_out.kernel),
        ("layers.1.wide", BLOCKS[1].feed_in.kernel),
        ("layers.1.narrow", BLOCKS[1].feed_out.kernel),
    ],
)
def test_kernels_come_back_within_half_a_step(
    weights: dict[str, NDArray[np.float32]], name: str, kernel: NDArray[np.float32]
) -> None:
    """A column has 63 steps to each side of zero."""
    step = np.abs(kernel).max(axis=0) / 63

    assert np.all(np.abs(weights[f"{name}.weight"].T - kernel) <= step * 0.501)


def test_an_outlier_that_was_evened_out_is_undone(weights: dict[str, NDArray[np.float32]]) -> None:
    """Half a step of the evened kernel, divided as its row is, is all that is lost."""
    kernel = BLOCKS[1].qkv.kernel
    divisor, even = evened(kernel, LOUD)
    step = np.abs(even).max(axis=0) / 63 / divisor[:, None]

    assert divisor.max() > 5 * divisor.min()
    assert np.all(np.abs(weights["layers.1.qkv.weight"].T - kernel) <= step * 0.501)


def test_pieces_are_found_in_the_checkpoint_s_table(tmp_path: Path) -> None:
    """A tokenizer keeps some pieces, in an order of its own."""
    kept = tmp_path / "tokenizer.json"
    kept.write_text(json.dumps({"model": {"vocab": [["<s>", 0.0], ["▁you", -3.0], ["▁the", -2.0]]}}))

    assert rows_of(kept, ["<s>", "▁the", "▁a", "▁you"]) == [0, 3, 1]
