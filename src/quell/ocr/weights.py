"""Finds, verifies and opens the two networks inside the installed package `rapidocr`.

The package is a carrier of weights here: its code is never imported. It logs, keeps state between calls and
downloads what it misses; two graphs and their rules of reading need none of that.
"""

import hashlib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import cast

import numpy as np
import onnxruntime

from quell.errors import ModelUnusable
from quell.models.manifest import Manifest, ModelFile, load_manifest

DETECTION, RECOGNITION = 0, 1


def carrier() -> Path:
    """Return the folder of the installed package that carries the networks."""
    found = find_spec("rapidocr")  # a top-level name: looked up, not imported
    if found is None or found.origin is None:
        raise ModelUnusable(f"The package rapidocr, which carries the text reader, is missing. {_REMEDY}")
    return Path(found.origin).parent


def shipped() -> Manifest:
    """Return the manifest of the networks this version was made for."""
    return load_manifest(Path(__file__).parent)


def faint_tensors(manifest: Manifest) -> Sequence[tuple[int, int]]:
    """Return where the detection network keeps weights next to nothing: (first byte, bytes) of float32."""
    return [(start, size) for start, size in cast("list[list[int]]", manifest.parameters["faint"])]


def open_network(
    folder: Path, file: ModelFile, faint: Sequence[tuple[int, int]] = ()
) -> onnxruntime.InferenceSession:
    """Open one network for one thread per call, from exactly the bytes that were verified.

    Weights below 1e-20 in the `faint` tensors are read as nothing: what they add to any sum is lost in
    rounding, but processors take a hundred times as long over numbers that small.
    """
    path = folder / file.path
    try:
        data = path.read_bytes()
    except OSError as unreadable:
        raise ModelUnusable(f"The model file {path} cannot be read ({unreadable}). {_REMEDY}") from unreadable
    found = hashlib.sha256(data).hexdigest()
    if found != file.sha256:
        raise ModelUnusable(
            f"The model file {path} is not the one this version was made for: its SHA-256 is {found}, "
            f"and the manifest says {file.sha256}. {_REMEDY}"
        )
    if faint:
        data = _without_faint(data, faint)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Every picture has another shape: an arena would keep the largest it ever met.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def _without_faint(data: bytes, faint: Sequence[tuple[int, int]]) -> bytes:
    changed = bytearray(data)
    for start, size in faint:
        weights = np.frombuffer(changed, "<f4", size // 4, start)
        weights[np.abs(weights) < _NEXT_TO_NOTHING] = 0
    return bytes(changed)


_NEXT_TO_NOTHING = 1e-20
_REMEDY = "Install Quell again with the versions in its lock file."
