"""A model folder and its `manifest.toml`: what the files are, their origin, what they must hash to."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from quell.errors import ModelUnusable

NAME = "manifest.toml"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model; `path` is relative to the model's folder."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `manifest.toml` says; `parameters` is the table for the code that runs the model."""

    folder: Path
    name: str
    revision: str
    licence: str
    origin: Mapping[str, str]
    files: tuple[ModelFile, ...]
    parameters: Mapping[str, object]


def load_manifest(folder: Path) -> Manifest:
    """Read a model folder's manifest; the files themselves are not opened."""
    path = folder / NAME
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return Manifest(
            folder=folder,
            name=table["name"],
            revision=table["revision"],
            licence=table["licence"],
            origin=table["origin"],
            files=tuple(ModelFile(f["path"], f["sha256"], f["bytes"]) for f in table["files"]),
            parameters=table.get("parameters", {}),
        )
    except FileNotFoundError as missing:
        raise ModelUnusable(f"The model file {path} is missing. {_REMEDY}") from missing
    except (OSError, ValueError, KeyError, TypeError) as unreadable:
        raise ModelUnusable(f"The model file {path} cannot be read ({unreadable}). {_REMEDY}") from unreadable


def verify(folder: Path) -> Manifest:
    """Check every file that the manifest names against its SHA-256, and return the manifest."""
    manifest = load_manifest(folder)
    for file in manifest.files:
        _check(folder / file.path, file)
    return manifest


def _check(path: Path, file: ModelFile) -> None:
    try:
        with path.open("rb") as opened:
            found = hashlib.file_digest(opened, "sha256").hexdigest()
    except FileNotFoundError as missing:
        raise ModelUnusable(f"The model file {path} is missing. {_REMEDY}") from missing
    except OSError as unreadable:
        raise ModelUnusable(f"The model file {path} cannot be read ({unreadable}). {_REMEDY}") from unreadable
    if found != file.sha256:
        raise ModelUnusable(
            f"The model file {path} is not the one that was shipped: its SHA-256 is {found}, "
            f"and the manifest says {file.sha256}. {_REMEDY}"
        )


_REMEDY = "Install Quell again, or restore the file from the package."
