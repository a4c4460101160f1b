"""What stays outside the wheel is run by hand: nothing else would notice when it falls behind the package."""

import ast
import importlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted([*(ROOT / "benchmarks").rglob("*.py"), *(ROOT / "training").rglob("*.py")])


def taken_from_quell(path: Path) -> list[tuple[str, str]]:
    """Return module and name of all that a file imports from the package."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return [
        (node.module, alias.name)
        for node in found
        if node.module and node.module.split(".")[0] == "quell"
        for alias in node.names
    ]


def exists(module: str, name: str) -> bool:
    """Tell whether a module has a name, which can be a module of its own."""
    if hasattr(importlib.import_module(module), name):
        return True
    try:
        importlib.import_module(f"{module}.{name}")
    except ModuleNotFoundError:
        return False
    return True


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_benchmarks_and_recipes_take_from_the_package_is_there(path: Path) -> None:
    """A benchmark that names what was moved fails here, not on the day it is wanted."""
    taken = taken_from_quell(path)

    missing = [f"{module}.{name}" for module, name in taken if not exists(module, name)]

    assert missing == []


def test_a_name_that_is_not_there_is_noticed() -> None:
    """The check can fail."""
    assert not exists("quell.loading", "no_such_name")
    assert exists("quell", "loading")


def in_words(text: str) -> str:
    """Return the words of a text in small letters, each between spaces."""
    words = re.findall(r"[^\W_]+", text.lower())
    return f" {' '.join(words)} "


def templates() -> Iterator[str]:
    """Give every template that trains the harm model, in words."""
    for path in sorted((ROOT / "training" / "harms" / "texts").glob("*.toml")):
        for family in tomllib.loads(path.read_text(encoding="utf-8"))["family"].values():
            yield from map(in_words, family["texts"])


def test_no_sentence_that_only_reports_is_part_of_what_trains() -> None:
    """The kinds in the card of the harm model say nothing about sentences that it has learnt."""
    told = tomllib.loads((ROOT / "training" / "harms" / "kinds.toml").read_text(encoding="utf-8"))["kind"]
    sentences = [one for kind in told.values() for lang in kind if lang != "harm" for one in kind[lang]]

    trained = "\n".join(templates())

    assert [one for one in sentences if in_words(one) in trained] == []
    assert in_words("Some words!") in in_words("They are some words.")
