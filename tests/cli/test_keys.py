"""`quell keys`: show them, replace them one at a time."""

import stat
from pathlib import Path

import pytest

from quell.http.keys import DEVELOPMENT_KEY
from tests.cli.conftest import CommandLine


def test_the_first_run_makes_two_keys_and_the_second_shows_the_same(line: CommandLine) -> None:
    """Keys are made once."""
    first = line.out("keys", "show").split()

    assert (len(set(first)), line.out("keys", "show").split()) == (2, first)


@pytest.mark.parametrize("number", [1, 2])
def test_rotation_replaces_one_key_and_keeps_the_other(line: CommandLine, number: int) -> None:
    """The new key is printed, stands in the place of the old, and the other is untouched."""
    before = line.out("keys", "show").split()

    new = line.out("keys", "rotate", str(number)).strip()

    after = line.out("keys", "show").split()
    assert new not in before
    assert after[number - 1] == new
    assert after[2 - number] == before[2 - number]


def test_a_rotated_key_file_is_private(line: CommandLine) -> None:
    """Only its owner may read the new file, and no draft remains."""
    line.out("keys", "rotate")

    assert stat.S_IMODE((line.folder / "keys").stat().st_mode) == 0o600
    assert [path.name for path in line.folder.iterdir()] == ["keys"]


def test_keys_from_elsewhere_are_not_replaced(line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where QUELL_KEYS counts, rotation says so and does nothing."""
    monkeypatch.setenv("QUELL_KEYS", "my-own-key")

    result = line.run("keys", "rotate")

    assert (result.exit_code, line.folder.exists()) == (2, False)
    assert "QUELL_KEYS" in result.stderr


def test_json_says_where_the_keys_are(
    line: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Each source of keys is named."""
    (tmp_path / "own").write_text("from-a-file\n")
    monkeypatch.setenv("QUELL_KEYS_FILE", str(tmp_path / "own"))
    (from_file,) = line.rows("keys", "show", "--json")
    monkeypatch.setenv("QUELL_KEYS", "from-a-variable")
    (from_variable,) = line.rows("keys", "show", "--json")
    monkeypatch.setenv("QUELL_DEVELOPMENT", "1")
    (well_known,) = line.rows("keys", "show", "--json")
    monkeypatch.setenv("QUELL_NO_AUTH", "1")
    (none,) = line.rows("keys", "show", "--json")

    assert [row["keys"] for row in (from_file, from_variable, well_known, none)] == [
        ["from-a-file"],
        ["from-a-variable"],
        [DEVELOPMENT_KEY],
        [],
    ]
    assert str(tmp_path / "own") in from_file["from"]
