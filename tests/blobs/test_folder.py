"""Files of this machine: below one folder, and nowhere else."""

import os
from pathlib import Path

import pytest

from quell.blobs import BlobReader
from quell.errors import InvalidRequestBody

TARGET = "exampleBlobUrl"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a folder with a file, beside one that nobody may read."""
    (tmp_path / "open" / "team a").mkdir(parents=True)
    (tmp_path / "open" / "team a" / "c.jsonl").write_bytes(b"hello")
    (tmp_path / "secret").write_bytes(b"hush")
    (tmp_path / "open" / "link").symlink_to(tmp_path / "secret")
    os.mkfifo(tmp_path / "open" / "pipe")
    return tmp_path / "open"


def reader(root: Path | None) -> BlobReader:
    """Return a reader of that folder alone."""
    return BlobReader.open("deny", folder=root)


def test_a_file_below_the_folder_is_read(root: Path) -> None:
    """Percent signs are undone; a larger file than asked for is refused."""
    url = f"file://{root}/team%20a/c.jsonl"

    assert reader(root).fetch(url, limit=5, target=TARGET) == b"hello"
    with pytest.raises(InvalidRequestBody, match="larger than 4 bytes"):
        reader(root).fetch(url, limit=4, target=TARGET)


@pytest.mark.parametrize(
    "path", ["/../secret", "/link", "/team%20a/../../secret", "/pipe", "/absent", "/team%20a", "", "/%00"]
)
def test_nothing_else_is_read(root: Path, path: str) -> None:
    """Neither by dots nor by links; no pipe, no folder; the text of the file is never told."""
    with pytest.raises(InvalidRequestBody) as refused:
        reader(root).fetch(f"file://{root}{path}", limit=100, target=TARGET)

    assert "hush" not in refused.value.message


@pytest.mark.parametrize("url", ["file://host/a", "file:a", "FILE:///etc/hostname", "file:///"])
def test_other_forms_are_refused(root: Path, url: str) -> None:
    """A host, a relative path, another folder."""
    with pytest.raises(InvalidRequestBody):
        reader(root).fetch(url, limit=100, target=TARGET)


def test_without_a_folder_no_file_is_read(root: Path) -> None:
    """And with blobs off neither."""
    url = f"file://{root}/team%20a/c.jsonl"
    for closed in (reader(None), BlobReader.open("off", folder=root)):
        with pytest.raises(InvalidRequestBody):
            closed.fetch(url, limit=100, target=TARGET)


def test_a_copy_lies_beside_the_file(root: Path) -> None:
    """Whole, under the name that was given, and nothing else is left."""
    url = f"file://{root}/team%20a/c.jsonl"
    copy = reader(root).copy_beside(url, delimiter="/", name="new.jsonl", body=b"copy")

    assert copy == f"file://{root}/team%20a/new.jsonl"
    assert (root / "team a" / "new.jsonl").read_bytes() == b"copy"
    assert sorted(path.name for path in (root / "team a").iterdir()) == ["c.jsonl", "new.jsonl"]


def test_a_copy_that_cannot_be_named_leaves_nothing(root: Path) -> None:
    """A name can be too long for the file system, and there is no copy then."""
    url = f"file://{root}/team%20a/c.jsonl"

    copy = reader(root).copy_beside(url, delimiter="/", name="茶" * 100, body=b"copy")

    assert copy is None
    assert [path.name for path in (root / "team a").iterdir()] == ["c.jsonl"]
