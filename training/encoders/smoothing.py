"""Measures activations on a few sentences, so that `quantise.evened` knows where the outliers are."""

from collections.abc import Iterable

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper

from training.encoders.bert import Bert, Floats, graph_of


def largest_activations(bert: Bert, texts: Iterable[NDArray[np.int64]]) -> dict[str, Floats]:
    """Find the largest magnitude (inputs,) of each linear layer's input, over texts given as token ids."""
    model = graph_of(bert, exact=True)
    products = [node for node in model.graph.node if node.op_type == "MatMul"]
    inputs = {node.input[1].removesuffix(".kernel"): node.input[0] for node in products}
    names = sorted(set(inputs.values()))
    model.graph.output.extend(helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in names)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    largest = {name: np.zeros(1, np.float32) for name in names}
    for ids in texts:
        for name, values in zip(names, session.run(names, {"input_ids": ids}), strict=True):
            largest[name] = np.maximum(largest[name], np.abs(values[0]).max(axis=0))
    return {linear: largest[name] for linear, name in inputs.items()}
