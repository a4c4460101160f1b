"""Writes a model folder as Quell reads it: graph, tokenizer, licence and a manifest that vouches for them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import onnx

from training.encoders.packages import Package

WEIGHTS = Path(__file__).parents[2] / "src" / "quell" / "models" / "weights"


@dataclass(frozen=True)
class Made:
    """A finished encoder; `parameters` are what the code that runs it needs to know."""

    name: str
    revision: str
    licence: str
    notice: str
    origin: Mapping[str, str]
    parameters: Mapping[str, object]
    graph: onnx.ModelProto
    tokenizer: Mapping[str, object]


def origin_of(package: Package, *, weights: str, file: str, file_sha256: str) -> dict[str, str]:
    """State for the manifest where weights came from."""
    return {
        "weights": weights,
        "package": package.reference,
        "package_file": package.file,
        "package_sha256": package.sha256,
        "file": file,
        "file_sha256": file_sha256,
    }


def sha256(path: Path) -> str:
    """Hash a file with SHA-256, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write(made: Made, root: Path = WEIGHTS) -> Path:
    """Write the model's folder under `root` and return it."""
    folder = root / made.name
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(made.graph, str(folder / "model.onnx"))
    text = json.dumps(made.tokenizer, ensure_ascii=False, separators=(",", ":"))
    (folder / "tokenizer.json").write_text(text, encoding="utf-8")
    (folder / "LICENCE").write_text(made.notice, encoding="utf-8")
    top = {key: getattr(made, key) for key in ("name", "revision", "licence")}
    write_manifest(folder, top, made.origin, made.parameters, ("model.onnx", "tokenizer.json"))
    return folder


def write_manifest(
    folder: Path,
    top: Mapping[str, str],
    origin: Mapping[str, object],
    parameters: Mapping[str, object],
    files: Sequence[str],
) -> None:
    """Vouch for the `files` that lie in a model's folder; `top` is its name, revision and licence."""
    lines = [_pair(key, value) for key, value in top.items()]
    lines += ["", "[origin]", *(_pair(key, value) for key, value in origin.items())]
    lines += ["", "[parameters]", *(_pair(key, value) for key, value in parameters.items())]
    for name in files:
        path = folder / name
        lines += ["", "[[files]]", _pair("path", name), _pair("sha256", sha256(path))]
        lines += [_pair("bytes", path.stat().st_size)]
    (folder / "manifest.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _pair(key: str, value: object) -> str:
    # Strings, whole numbers and flat lists look the same in TOML as in JSON.
    return f"{key} = {json.dumps(value, ensure_ascii=False)}"
