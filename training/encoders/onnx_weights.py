"""Reads BERT weights out of an ONNX file made by the usual PyTorch export."""

from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from training.encoders.bert import Bert, Floats, Layer, Linear, Norm


class _Weights:
    """Kernels are found by the node that uses them, all else by name."""

    def __init__(self, path: Path) -> None:
        model = onnx.load(str(path))
        self._arrays = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
        self._kernels = {
            node.name.strip("/").removesuffix("/MatMul").replace("/", "."): self._arrays[node.input[1]]
            for node in model.graph.node
            if node.op_type == "MatMul" and node.input[1] in self._arrays
        }

    def array(self, name: str) -> Floats:
        return np.asarray(self._arrays[name], np.float32)

    def linear(self, name: str) -> Linear:
        return Linear(np.asarray(self._kernels[name], np.float32), self.array(f"{name}.bias"))

    def norm(self, name: str) -> Norm:
        return Norm(self.array(f"{name}.weight"), self.array(f"{name}.bias"))

    def layer(self, prefix: str) -> Layer:
        parts = [self.linear(f"{prefix}.attention.self.{part}") for part in ("query", "key", "value")]
        return Layer(
            qkv=Linear(np.hstack([p.kernel for p in parts]), np.concatenate([p.bias for p in parts])),
            attention_out=self.linear(f"{prefix}.attention.output.dense"),
            attention_norm=self.norm(f"{prefix}.attention.output.LayerNorm"),
            feed_in=self.linear(f"{prefix}.intermediate.dense"),
            feed_out=self.linear(f"{prefix}.output.dense"),
            feed_norm=self.norm(f"{prefix}.output.LayerNorm"),
        )


def read(path: Path, *, layers: int = 12, heads: int = 12, epsilon: float = 1e-12) -> Bert:
    """Read a BERT encoder that was exported to ONNX with named parameters."""
    weights = _Weights(path)
    embeddings = "embeddings"
    return Bert(
        word=weights.array(f"{embeddings}.word_embeddings.weight"),
        position=weights.array(f"{embeddings}.position_embeddings.weight")
        + weights.array(f"{embeddings}.token_type_embeddings.weight")[0],
        norm=weights.norm(f"{embeddings}.LayerNorm"),
        layers=[weights.layer(f"encoder.layer.{n}") for n in range(layers)],
        heads=heads,
        epsilon=epsilon,
    )
