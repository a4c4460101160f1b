"""Reads trainable weights back out of the graph that is shipped, so that training can go on from a release.

python -m training.harms.thaw src/quell/models/weights/harms-e5 --checkpoint E5 --out WORK/shipped

Writes `final.pt` for `training.harms.train --start`, and the vocabulary, `tokenizer.json` and `rows.json`.
Kernels come back in the seven bits that they are served in; the word table, always of four bits, exactly.
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from training.encoders.quantise import BLOCK
from training.harms.weights import read

Floats = NDArray[np.float32]
PLACES = 512  # rows of the position table in training; a graph keeps those that it uses
NORMS = {"attention_norm": "norm1", "feed_norm": "norm2"}
LINEARS = {"qkv": "qkv", "attended": "out", "wide": "wide", "fed": "narrow"}


def words_of(tensor: onnx.TensorProto, scale: NDArray[np.float16]) -> Floats:
    """Unpack a table of four-bit integers (rows, hidden), whose blocks of 32 share a scale (rows, blocks)."""
    raw = np.frombuffer(tensor.raw_data, np.uint8)
    nibbles = np.stack([raw & 15, raw >> 4], axis=1).reshape(tuple(tensor.dims)).astype(np.int8)
    signed = np.where(nibbles > 7, nibbles - 16, nibbles).astype(np.float32)
    return signed * np.repeat(scale.astype(np.float32), BLOCK, axis=1)


def kernel_of(values: dict[str, Floats], name: str) -> Floats:
    """Give a kernel (inputs, outputs) back its scale, and its outliers to the activations."""
    kernel = values[f"{name}.kernel"].astype(np.float32)
    if f"{name}.scale" in values:
        kernel = kernel * values[f"{name}.scale"]
    return kernel * values[f"{name}.factor"][:, None] if f"{name}.factor" in values else kernel


def thawed(graph: onnx.GraphProto) -> tuple[dict[str, Floats], int]:
    """Arrange a shipped graph's constants as `HarmNetwork` names its weights; with the number of layers."""
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    values = {name: numpy_helper.to_array(tensor) for name, tensor in tensors.items() if name != "word"}
    position = np.zeros((PLACES, values["position"].shape[1]), np.float32)
    position[: len(values["position"])] = values["position"]
    state: dict[str, Floats] = {
        "word.weight": words_of(tensors["word"], values["word.scale"]),
        "position.weight": position,
        "norm.weight": values["embedded.scale"],
        "norm.bias": values["embedded.bias"],
    }
    layers = 1 + max(int(name[5 : name.index(".")]) for name in values if name.startswith("layer"))
    for n in range(layers):
        for here, there in LINEARS.items():
            state[f"layers.{n}.{there}.weight"] = kernel_of(values, f"layer{n}.{here}").T
            state[f"layers.{n}.{there}.bias"] = values[f"layer{n}.{here}.bias"]
        for here, there in NORMS.items():
            state[f"layers.{n}.{there}.weight"] = values[f"layer{n}.{here}.scale"]
            state[f"layers.{n}.{there}.bias"] = values[f"layer{n}.{here}.bias"]
    for name in ("head", "cuts"):
        state[f"{name}.weight"] = kernel_of(values, name).T
        state[f"{name}.bias"] = values[f"{name}.bias"]
    return {name: array.astype(np.float32) for name, array in state.items()}, layers


def rows_of(tokenizer: Path, pieces: list[str]) -> list[int]:
    """Find the pieces of a shipped tokenizer among the checkpoint's, in the order of the word table."""
    at = {piece: row for row, piece in enumerate(pieces)}
    document = json.loads(tokenizer.read_text(encoding="utf-8"))
    return [at[piece] for piece, _ in document["model"]["vocab"]]


def main() -> None:
    """Read a model's folder, write what training goes on from."""
    import torch  # noqa: PLC0415 - the tests read a graph without it

    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    tokenizer = arguments.model / "tokenizer.json"
    rows = rows_of(tokenizer, read(arguments.checkpoint).pieces)
    (arguments.out / "rows.json").write_text(json.dumps(rows))
    shutil.copyfile(tokenizer, arguments.out / "tokenizer.json")
    found, layers = thawed(onnx.load(arguments.model / "model.onnx").graph)
    network = {name: torch.from_numpy(array) for name, array in found.items()}
    note = {"thawed": str(arguments.model)}
    torch.save({"network": network, "layers": list(range(layers)), "note": note}, arguments.out / "final.pt")


if __name__ == "__main__":
    main()
