"""Where content may be read from: below a folder, in configured stores, and nowhere else."""

import os
from pathlib import Path

import pytest

from quell.errors import InvalidRequestBody
from quell.sweep.places import FolderPlace, below, open_place

STORES = {
    "s3://posts": {"access_key_id": "AKID", "secret_access_key": "hush-hush", "region": "eu-west-1"},
    "https://one.blob.core.windows.net/posts": {"account_key": "aHVzaA=="},
    "https://two.blob.core.windows.net/posts": {"account_key": "aHVzaA=="},
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a folder with a file, and a secret beside it that links lead to."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "keys.csv").write_text("text\nhush\n")
    folder = tmp_path / "stored"
    (folder / "posts").mkdir(parents=True)
    (folder / "posts" / "may.csv").write_text("text\nhello\n")
    (folder / "link.csv").symlink_to(tmp_path / "secret" / "keys.csv")
    (folder / "linked").symlink_to(tmp_path / "secret")
    (folder / "posts" / "inner.csv").symlink_to(tmp_path / "secret" / "keys.csv")
    return folder


@pytest.mark.parametrize(
    "name", ["posts", "posts/may.csv", "./posts/../posts/may.csv", "file://{}/posts/may.csv", "."]
)
def test_what_lies_below_the_folder_may_be_named(root: Path, name: str) -> None:
    """By its path in the folder or by its URL."""
    assert Path(below(name.format(root), root)).exists()


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "../secret/keys.csv",
        "posts/../../secret/keys.csv",
        "/etc/passwd",
        "file:///etc/passwd",
        "file://localhost/etc/passwd",
        "FILE:///etc/passwd",
        "file://{}/%2e%2e/secret/keys.csv",
        "{}/../secret/keys.csv",
        "link.csv",
        "linked",
        "linked/keys.csv",
        "posts/inner.csv",
        "posts/may.csv\0.jpg",
        "absent.csv",
        "~/.ssh",
        "a" * 5_000,
    ],
)
def test_what_lies_elsewhere_is_refused_in_one_sentence(root: Path, name: str) -> None:
    """The same for what is there and for what is not: nobody finds out which."""
    with pytest.raises(InvalidRequestBody, match="below the folder that this server reads from") as refused:
        below(name.format(root), root)
    assert "passwd" not in refused.value.message


def test_without_a_folder_nothing_may_be_named(root: Path) -> None:
    """The setting is empty."""
    with pytest.raises(InvalidRequestBody):
        below(str(root), None)


def test_links_out_of_the_folder_are_not_read(root: Path) -> None:
    """A link to a file is refused by name; one to a folder is not followed."""
    with pytest.raises(InvalidRequestBody, match="outside of the folder"):
        list(FolderPlace(root / "posts", root).files())
    (root / "posts" / "inner.csv").unlink()
    (root / "link.csv").unlink()

    assert [one.name for one in FolderPlace(root, root).files()] == ["posts/may.csv"]


def test_a_file_that_becomes_a_link_is_not_read(root: Path) -> None:
    """Between the listing and the reading."""
    place = FolderPlace(root / "posts", root)
    (root / "posts" / "may.csv").unlink()
    (root / "posts" / "may.csv").symlink_to(root.parent / "secret" / "keys.csv")

    with pytest.raises(InvalidRequestBody, match="outside of the folder"):
        place.read("may.csv", 0, 10)


def test_a_pipe_holds_nobody(tmp_path: Path) -> None:
    """It is no file, and is left out."""
    os.mkfifo(tmp_path / "posts.csv")

    assert list(FolderPlace(tmp_path).files()) == []


@pytest.mark.parametrize(
    "source",
    [
        "s3://other/posts",
        "s3://posts.evil/x",
        "s3://postsx/x",
        "gs://posts/x",
        "https://one.blob.core.windows.net/other/x",
        "https://one.blob.core.windows.net.evil.example/posts/x",
        "https://one.blob.core.windows.net/posts@evil.example/x",
        "http://169.254.169.254/latest/meta-data",
        "https://example.com/posts.csv",
        "az://other/x",
    ],
)
def test_only_configured_stores_are_asked(source: str) -> None:
    """Nothing that only looks like one of them."""
    with pytest.raises(InvalidRequestBody, match="blob_stores"):
        open_place(source, STORES)


def test_a_container_of_two_accounts_must_be_named_in_full() -> None:
    """`az://` names a container alone."""
    with pytest.raises(InvalidRequestBody, match="more than one"):
        open_place("az://posts/may", STORES)
