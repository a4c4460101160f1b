"""`quell image-incidents`: the operations of the API on the data folder, with files for pictures."""

import json
from pathlib import Path

import pytest
from PIL import Image

from quell.copies import CopyReader
from tests.cli.conftest import CommandLine
from tests.copies.doubles import tiny_reader
from tests.incidents.pictures import file_of


@pytest.fixture
def pictures(line: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """Return the command line with a tiny network, three pictures and a small copy of the first."""
    monkeypatch.setattr(CopyReader, "shipped", tiny_reader)
    (tmp_path / "folder-of-two").mkdir()
    (tmp_path / "1.png").write_bytes(file_of(1))
    (tmp_path / "small.jpg").write_bytes(file_of(1, "JPEG", (240, 180)))
    for number in (2, 3):
        (tmp_path / "folder-of-two" / f"{number}.png").write_bytes(file_of(number))
    (tmp_path / "folder-of-two" / "notes.txt").write_text("no picture")
    return line


def test_pictures_are_added_by_file_and_by_folder(pictures: CommandLine) -> None:
    """A folder stands for the pictures in it; other files of it are left alone."""
    pictures.out("image-incidents", "create", "badge")

    added = pictures.rows("image-incidents", "add", "badge", "1.png", "folder-of-two", "--json")

    listed = pictures.out("image-incidents", "samples", "badge").splitlines()
    assert len(added) == 3
    assert listed == [one["incidentSampleId"] for one in reversed(added)]
    assert pictures.out("image-incidents", "list").splitlines() == ["badge\t3\t0.5\t"]
    assert pictures.out("incidents", "list") == ""


def test_a_sample_comes_back_byte_for_byte(pictures: CommandLine, tmp_path: Path) -> None:
    """`sample` writes the file that was added."""
    pictures.out("image-incidents", "create", "badge")
    (added,) = pictures.rows("image-incidents", "add", "badge", "1.png", "--json")

    pictures.out("image-incidents", "sample", "badge", added["incidentSampleId"], "-o", "again.png")

    assert (tmp_path / "again.png").read_bytes() == (tmp_path / "1.png").read_bytes()


def test_a_file_that_is_no_picture_is_named_and_nothing_added(pictures: CommandLine, tmp_path: Path) -> None:
    """All or none: the refusal says which file."""
    (tmp_path / "broken.png").write_bytes(b"garbage")
    Image.new("RGB", (20, 20)).save(tmp_path / "tiny.png")
    pictures.out("image-incidents", "create", "badge")

    answers = [
        pictures.run("image-incidents", "add", "badge", "1.png", bad) for bad in ("broken.png", "tiny.png")
    ]

    assert [answer.exit_code for answer in answers] == [1, 1]
    assert "broken.png: " in answers[0].stderr
    assert "tiny.png: " in answers[1].stderr
    assert pictures.out("image-incidents", "samples", "badge") == ""


def test_an_explanation_names_the_sample_and_the_place(pictures: CommandLine) -> None:
    """A copy is a hit with its sample and region; with --json it is the API's."""
    pictures.out("image-incidents", "create", "badge")
    (added,) = pictures.rows("image-incidents", "add", "badge", "1.png", "--json")

    told = pictures.out("image-incidents", "explain", "small.jpg")
    (row,) = pictures.rows("image-incidents", "explain", "small.jpg", "-i", "badge", "--json")

    assert told.startswith("badge: hit, probability ")
    assert added["incidentSampleId"] in told
    assert "in the picture at 0,0, 240×180 pixels" in told
    assert (row["hit"], row["incidentSampleId"]) == (True, added["incidentSampleId"])


def test_a_preview_sorts_what_would_be_caught_first(pictures: CommandLine) -> None:
    """`preview` judges pictures against samples that are nowhere stored."""
    told = pictures.out("image-incidents", "preview", "folder-of-two", "small.jpg", "--samples", "1.png")

    rows = [row.split() for row in told.splitlines()]
    assert [row[0] for row in rows] == ["caught", "not", "not"]
    assert rows[0][2] == "small.jpg"
    assert pictures.out("image-incidents", "list") == ""


def test_an_export_comes_back_the_same(pictures: CommandLine, tmp_path: Path) -> None:
    """Exported, deleted and imported, an incident has the same settings and pictures."""
    pictures.out("image-incidents", "create", "badge", "--description", "A badge")
    pictures.out("image-incidents", "add", "badge", "1.png", "folder-of-two")
    pictures.out("image-incidents", "export", "badge", "--output", "badge.json")
    pictures.out("image-incidents", "delete", "badge")
    pictures.out("image-incidents", "import", "badge.json")

    again = pictures.out("image-incidents", "export", "badge")

    assert again == (tmp_path / "badge.json").read_text()
    assert len(json.loads(again)["samples"]) == 3
