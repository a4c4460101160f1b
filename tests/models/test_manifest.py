"""Model folders: read, vouched for, and refused when a file is not the shipped one."""

import hashlib
from pathlib import Path

import pytest

from quell.errors import ModelUnusable
from quell.models import WEIGHTS, load_manifest, verify

MANIFEST = """
name = "toy"
revision = "3"
licence = "MIT"
[origin]
package = "pypi:toy==1.0"
[parameters]
dim = 4
[[files]]
path = "model.onnx"
sha256 = "{sha256}"
bytes = 5
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a sound model folder with one file."""
    (tmp_path / "model.onnx").write_bytes(b"graph")
    manifest = MANIFEST.format(sha256=hashlib.sha256(b"graph").hexdigest())
    (tmp_path / "manifest.toml").write_text(manifest, encoding="utf-8")
    return tmp_path


def test_reads_all_fields(folder: Path) -> None:
    """A manifest gives the model's name, revision, licence, origin, files and parameters."""
    manifest = load_manifest(folder)

    assert (manifest.name, manifest.revision, manifest.licence) == ("toy", "3", "MIT")
    assert manifest.origin == {"package": "pypi:toy==1.0"}
    assert [(file.path, file.size) for file in manifest.files] == [("model.onnx", 5)]
    assert manifest.parameters == {"dim": 4}


def test_sound_folder_passes(folder: Path) -> None:
    """A folder whose files are the shipped ones is accepted."""
    assert verify(folder) == load_manifest(folder)


def test_altered_file_is_refused(folder: Path) -> None:
    """One changed byte is found, and the sentence names the file and what to do."""
    (folder / "model.onnx").write_bytes(b"grapH")

    with pytest.raises(
        ModelUnusable, match=r"model\.onnx is not the one that was shipped.*Install Quell again"
    ):
        verify(folder)


def test_missing_file_is_refused(folder: Path) -> None:
    """A missing file is named."""
    (folder / "model.onnx").unlink()

    with pytest.raises(ModelUnusable, match=r"model\.onnx is missing.*restore the file"):
        verify(folder)


def test_missing_manifest_is_refused(tmp_path: Path) -> None:
    """A folder without a manifest is refused by the manifest's name."""
    with pytest.raises(ModelUnusable, match=r"manifest\.toml is missing"):
        load_manifest(tmp_path)


@pytest.mark.parametrize("text", ["not toml at all [", 'name = "toy"'], ids=["broken", "incomplete"])
def test_unreadable_manifest_is_refused(tmp_path: Path, text: str) -> None:
    """A manifest that is broken or lacks a field is refused as unreadable."""
    (tmp_path / "manifest.toml").write_text(text, encoding="utf-8")

    with pytest.raises(ModelUnusable, match=r"manifest\.toml cannot be read"):
        load_manifest(tmp_path)


@pytest.mark.parametrize("folder", sorted(WEIGHTS.iterdir()), ids=lambda folder: folder.name)
def test_shipped_models_are_sound(folder: Path) -> None:
    """Each shipped model passes its own manifest, lies under its own name and carries its licence."""
    manifest = verify(folder)

    assert manifest.name == folder.name
    assert manifest.licence
    assert list(folder.glob("LICENCE*"))
    assert all((folder / file.path).stat().st_size == file.size for file in manifest.files)
