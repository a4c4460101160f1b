"""Every file has at most 300 lines and every function at most 60, except what `size_allowlist.txt` names.

The list may only shrink: an entry says how large the thing is today, so that it cannot grow, and an entry
that is no longer needed must go. Usage: check_sizes.py [folder …]
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("src", "tests", "training", "benchmarks", "scripts")
SUFFIXES = {".py", ".sql", ".sh", ".js", ".css", ".html"}
FILE_LINES = 300
FUNCTION_LINES = 60
ALLOWED = Path(__file__).with_name("size_allowlist.txt")


def lengths(root: Path, folders: tuple[str, ...] = FOLDERS) -> Iterator[tuple[str, int, int]]:
    """Yield the name, lines and limit of every file (`a.py`) and function (`a.py::Class.name`)."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in SUFFIXES and path.is_file():
                text = path.read_text(encoding="utf-8")
                name = path.relative_to(root).as_posix()
                yield name, len(text.splitlines()), FILE_LINES
                if path.suffix == ".py":
                    for function, lines in functions(ast.parse(text, filename=name)):
                        yield f"{name}::{function}", lines, FUNCTION_LINES


def functions(node: ast.AST, prefix: str = "") -> Iterator[tuple[str, int]]:
    """Yield the name and the lines of every function inside, decorators and nested functions included."""
    for child in ast.iter_child_nodes(node):
        inner = prefix
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            inner = f"{prefix}{child.name}."
            first = min([child.lineno, *(decorator.lineno for decorator in child.decorator_list)])
            yield inner[:-1], (child.end_lineno or first) - first + 1
        elif isinstance(child, ast.ClassDef):
            inner = f"{prefix}{child.name}."
        yield from functions(child, inner)


def read_allowed(path: Path) -> dict[str, int]:
    """Return the allowed lines by name; a line of the list is a name and a number, # begins a comment."""
    rows = (line.split("#")[0].split() for line in path.read_text(encoding="utf-8").splitlines())
    return {row[0]: int(row[1]) for row in rows if row}


def faults(found: Iterator[tuple[str, int, int]], allowed: Mapping[str, int]) -> Iterator[str]:
    """Yield a sentence for each thing that is too long and for each entry that is not needed."""
    needed = set()
    for name, lines, limit in found:
        if lines <= limit:
            continue
        needed.add(name)
        if name not in allowed:
            yield f"{name} has {lines} lines, {limit} are the limit: split it by what it does."
        elif lines > allowed[name]:
            yield f"{name} has {lines} lines and may only shrink from {allowed[name]}."
        elif lines < allowed[name]:
            yield f"{name} shrank to {lines} lines: write that number into {ALLOWED.name}."
    for name in sorted(allowed.keys() - needed):
        yield f"{name} is within the limit now: take it out of {ALLOWED.name}."


def main() -> int:
    """Print what is too long."""
    found = list(faults(lengths(ROOT, tuple(sys.argv[1:]) or FOLDERS), read_allowed(ALLOWED)))
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
