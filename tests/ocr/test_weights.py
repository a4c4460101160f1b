"""What opening the networks must refuse."""

import shutil
from pathlib import Path

import pytest

from quell.errors import ModelUnusable
from quell.ocr import TextInPictures
from quell.ocr.weights import carrier, shipped


def test_a_changed_network_is_refused(tmp_path: Path) -> None:
    """One byte more, and the file is not opened."""
    shutil.copytree(carrier() / "models", tmp_path / "models")
    with (tmp_path / shipped().files[1].path).open("ab") as file:
        file.write(b"\0")

    with pytest.raises(ModelUnusable, match="PP-OCRv6_rec_small"):
        TextInPictures(folder=tmp_path).load()


def test_a_missing_network_is_refused(tmp_path: Path) -> None:
    """The message names the file and the remedy."""
    with pytest.raises(ModelUnusable, match=r"PP-OCRv6_det_small.*Install Quell again"):
        TextInPictures(folder=tmp_path).load()


def test_a_missing_carrier_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package there is no reader, and the message says which one is missing."""
    monkeypatch.setattr("quell.ocr.weights.find_spec", lambda name: None)

    with pytest.raises(ModelUnusable, match="rapidocr"):
        TextInPictures().load()
