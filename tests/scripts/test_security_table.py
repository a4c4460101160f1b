"""The table of attacks in SECURITY.md: each line names tests, and each of them is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "SECURITY.md").read_text(encoding="utf-8").partition("## What was tried")[2]
ROWS = [line for line in TABLE.splitlines() if line.startswith("| ")][1:]


def named(row: str) -> list[tuple[str, str]]:
    """Return the files and tests that a line names; "" where it means all tests of the file."""
    return re.findall(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`", row)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip()[:40])
def test_an_attack_names_tests_that_are_there(row: str) -> None:
    """A test that is renamed takes its line with it."""
    found = named(row)

    assert found
    for file, test in found:
        source = (ROOT / file).read_text(encoding="utf-8")
        assert f"def {test or 'test_'}" in source, f"{file} has no {test}"


def test_the_table_has_its_lines() -> None:
    """The lines are found at all."""
    assert len(ROWS) > 40
