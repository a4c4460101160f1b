"""The check of sizes finds what is too long, and its list can only shrink."""

from pathlib import Path
from types import ModuleType

import pytest


def found(sizes: ModuleType, root: Path, allowed: dict[str, int] | None = None) -> list[str]:
    """Return the names at fault."""
    sentences = sizes.faults(sizes.lengths(root, ("src",)), allowed or {})
    return [sentence.split()[0] for sentence in sentences]


def write(root: Path, name: str, text: str) -> None:
    """Write a source file."""
    path = root / "src" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def function(lines: int, head: str = "def long():") -> str:
    """Return the source of a function of so many lines."""
    return "\n".join([head, *["    pass"] * (lines - 1)]) + "\n"


@pytest.mark.parametrize(("lines", "faults"), [(300, []), (301, ["src/a.py"])])
def test_a_file_has_300_lines_at_most(
    sizes: ModuleType, tmp_path: Path, lines: int, faults: list[str]
) -> None:
    """The limit itself is fine, one more is not."""
    write(tmp_path, "a.py", "x = 1\n" * lines)

    assert found(sizes, tmp_path) == faults


@pytest.mark.parametrize(("lines", "faults"), [(60, []), (61, ["src/a.py::long"])])
def test_a_function_has_60_lines_at_most(
    sizes: ModuleType, tmp_path: Path, lines: int, faults: list[str]
) -> None:
    """The limit itself is fine, one more is not."""
    write(tmp_path, "a.py", function(lines))

    assert found(sizes, tmp_path) == faults


def test_methods_nested_and_async_functions_count(sizes: ModuleType, tmp_path: Path) -> None:
    """A function is measured wherever it stands, its decorators included."""
    method = "class House:\n" + "".join(f"    {line}\n" for line in function(61).splitlines())
    write(tmp_path, "a.py", method)
    write(tmp_path, "b.py", function(61, "async def long():"))
    write(tmp_path, "c.py", "@property\n" + function(60))

    assert found(sizes, tmp_path) == ["src/a.py::House.long", "src/b.py::long", "src/c.py::long"]


def test_files_of_other_languages_count(sizes: ModuleType, tmp_path: Path) -> None:
    """SQL and scripts have the same limit."""
    write(tmp_path, "deep/queries.sql", "select 1;\n" * 301)

    assert found(sizes, tmp_path) == ["src/deep/queries.sql"]


@pytest.mark.parametrize(("allowed", "fault"), [(310, False), (309, True), (311, True)])
def test_an_allowed_file_may_not_grow_and_its_entry_follows_it_down(
    sizes: ModuleType, tmp_path: Path, allowed: int, fault: bool
) -> None:
    """The list holds the length of today exactly."""
    write(tmp_path, "a.py", "x = 1\n" * 310)

    assert bool(found(sizes, tmp_path, {"src/a.py": allowed})) is fault


def test_an_entry_that_is_not_needed_must_go(sizes: ModuleType, tmp_path: Path) -> None:
    """What is within the limit, or gone, may not stay on the list."""
    write(tmp_path, "a.py", "x = 1\n")

    assert found(sizes, tmp_path, {"src/a.py": 310, "src/gone.py": 400}) == ["src/a.py", "src/gone.py"]


def test_the_list_has_comments(sizes: ModuleType, tmp_path: Path) -> None:
    """A line of the list is a name, a number and a comment."""
    (tmp_path / "list").write_text("# a comment\nsrc/a.py 310  # for a reason\n\n")

    assert sizes.read_allowed(tmp_path / "list") == {"src/a.py": 310}
