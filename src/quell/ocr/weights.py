"""Finds, verifies and opens the two networks inside the installed package `rapidocr`.

The package is a carrier of weights here: its code is never imported. It logs, keeps state between calls and
downloads what it misses; two graphs and their rules of reading need none of that.
"""

import hashlib
from importlib.util import find_spec
from pathlib import Path

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


def open_network(folder: Path, file: ModelFile) -> onnxruntime.InferenceSession:
    """Open one network for one thread per call, from exactly the bytes that were verified."""
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
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Every picture has another shape: an arena would keep the largest it ever met.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


_REMEDY = "Install Quell again with the versions in its lock file."
