"""Disguises: files named for what they are, pictures that are two files, and honest company."""

import pytest

from quell.pictures.disguise import foreign_name, second_file
from quell.pictures.domain import FORMATS
from quell.pictures.headers import read_header
from tests.pictures.files import archive, file_of, noise


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"%PDF-1.7", "PDF"),
        (archive(), "ZIP"),
        (b"\x00\x00\x00\x18ftypheic", "HEIC"),
        (b"\x00\x00\x00\x18ftypavif", "AVIF"),
        (b"\x00\x00\x00\x18ftypmp42", "film"),
        (b"\x00\x00\x01\x00\x01\x00", "icon"),
        (b"<?xml version='1.0'?><svg>", "SVG"),
        (b"\n<!DOCTYPE html>", "web page"),
        (b"II+\x00\x08", "BigTIFF"),
        (b"\x7fELF", "program"),
        (b"data:image/png;base64,iVBO", "data URL"),
    ],
)
def test_a_foreign_file_is_named(data: bytes, name: str) -> None:
    """What somebody sent by mistake is said, where it is known."""
    assert name in (foreign_name(data) or "")


def test_a_long_blank_beginning_is_not_read_through() -> None:
    """Only the beginning of a file says what it is."""
    assert foreign_name(b" " * 2_000 + b"<svg>") is None


def test_an_unknown_file_has_no_name() -> None:
    """Nothing is guessed of plain text."""
    assert foreign_name(b"hello") is None


def _second(data: bytes) -> str | None:
    header = read_header(data)
    assert header is not None
    return second_file(data, header)


@pytest.mark.parametrize("kind", FORMATS)
def test_an_archive_is_found_wherever_its_beginning_is(kind: str) -> None:
    """ZIP is read from the end of a file, whatever the format before it."""
    assert _second(file_of(noise(), kind) + b"anything" + archive()) == "a ZIP archive"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "WEBP"])
@pytest.mark.parametrize(
    ("behind", "name"),
    [
        (b"%PDF-1.7", "PDF"),
        (b"\r\n\x00<script>alert(1)</script>", "page"),
        (b"x" * 3_000 + b"<HTML lang=", "page"),
        (b"<?php system(1);", "page"),
        (b"Rar!\x1a\x07\x01\x00", "RAR"),
    ],
)
def test_a_file_behind_a_picture_is_found(kind: str, behind: bytes, name: str) -> None:
    """Documents and archives are seen where they begin, pages and scripts anywhere behind the end."""
    assert name in (_second(file_of(noise(), kind) + behind) or "")


def test_a_document_that_begins_inside_a_picture_is_found() -> None:
    """PDF readers take a file whose mark stands in the first kilobyte."""
    assert _second(file_of(noise(), "JPEG", comment=b"%PDF-1.4")) == "a PDF document"


@pytest.mark.parametrize(
    "behind",
    [b"", bytes(5_000), b"\r\n", file_of(noise(), "JPEG"), b"\x00\x00\x00\x18ftypmp42" + bytes(99), b"SEFH"],
    ids=["nothing", "zeros", "line", "second view", "film", "maker's"],
)
def test_what_phones_append_is_allowed(behind: bytes) -> None:
    """Padding, a second view, the film of a moving photograph and makers' notes make no second file."""
    assert _second(file_of(noise(), "JPEG") + behind) is None
