"""The bytes that the embedded engine builds: a head in JSON, then plain arrays; nothing in them is executed.

QUELLREV | 4 bytes: length of the head | head | arrays one after the other, little-endian
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quell.errors import ModelUnusable
from quell.reviewers.domain import BUILT_BYTES, Policy

_MAGIC = b"QUELLREV"
_TYPES: dict[str, np.dtype[Any]] = {"f2": np.dtype("<f2"), "f4": np.dtype("<f4"), "i4": np.dtype("<i4")}
_NAMES = {np.dtype(np.float16): "f2", np.dtype(np.float32): "f4", np.dtype(np.int32): "i4"}

Arrays = dict[str, NDArray[Any]]


def pack(facts: Mapping[str, object], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Write facts (what JSON can hold) and float16, float32 or int32 arrays; the same bytes every time."""
    table = [[name, _NAMES[array.dtype], list(array.shape)] for name, array in sorted(arrays.items())]
    head = json.dumps({"facts": facts, "arrays": table}, sort_keys=True, separators=(",", ":")).encode()
    body = [np.ascontiguousarray(array, _TYPES[_NAMES[array.dtype]]) for _, array in sorted(arrays.items())]
    return _bounded(
        b"".join([_MAGIC, len(head).to_bytes(4, "little"), head, *(array.tobytes() for array in body)])
    )


def unpack(built: bytes) -> tuple[dict[str, Any], Arrays]:
    """Read what `pack` wrote; anything else is refused as a model that cannot be used."""
    if not _bounded(built).startswith(_MAGIC):
        raise ModelUnusable(f"The built reviewer is of another kind. {REMEDY}")
    try:
        start = len(_MAGIC) + 4
        end = start + int.from_bytes(built[len(_MAGIC) : start], "little")
        head = json.loads(built[start:end])
        arrays: Arrays = {}
        for name, kind, shape in head["arrays"]:
            count = int(np.prod(shape, dtype=np.int64))
            arrays[name] = np.frombuffer(built, _TYPES[kind], count, end).reshape(shape)
            end += arrays[name].nbytes
        facts: dict[str, Any] = dict(head["facts"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as broken:
        raise ModelUnusable(f"The built reviewer cannot be read ({broken}). {REMEDY}") from broken
    if end != len(built):
        raise ModelUnusable(f"The built reviewer is longer than it says. {REMEDY}")
    return facts, arrays


def digest(policy: Policy) -> str:
    """Return a number for the labels and examples of a policy; whatever changes them changes it."""
    content = [
        [[label.name, label.description] for label in policy.labels],
        [[example.text, example.label] for example in policy.examples],
    ]
    return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()


def _bounded(built: bytes) -> bytes:
    if len(built) > BUILT_BYTES:
        raise ModelUnusable(f"The reviewer takes {len(built)} bytes, and {BUILT_BYTES} are allowed.")
    return built


REMEDY = "Create a new version of the reviewer."
"""What helps when built bytes are refused."""
