"""The docs are true: links lead somewhere, generated parts are fresh, help is real, decisions are numbered.

Usage: check_docs.py [--write], which brings the generated parts up to date.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from docs_generated import BLOCKS, command_words, help_of

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("*.md", "docs/**/*.md", "model-cards/**/*.md", "benchmarks/**/*.md", "training/**/*.md")
_FENCE = re.compile(r"^(```+|~~~+).*?^\1\s*$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!`)\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_HELP = re.compile(r"^```[a-z]*\n\$ (?:\./)?quell((?: [a-z-]+)*) --help\n(.*?)^```", re.MULTILINE | re.DOTALL)
_DECISION = re.compile(r"^(\d{4})-[a-z0-9-]+\.md$")


def pages(root: Path) -> list[Path]:
    """Return every page of the docs."""
    return sorted({path for pattern in PAGES for path in root.glob(pattern)})


def broken_links(root: Path) -> Iterator[str]:
    """Yield a sentence for each link to a file or heading that is not there; the web is not asked."""
    for page in pages(root):
        for target in _LINK.findall(_FENCE.sub("", page.read_text(encoding="utf-8"))):
            if re.match(r"[a-z][a-z0-9+.-]*:", target):
                continue
            file, _, anchor = unquote(target).partition("#")
            place = (page.parent / file).resolve() if file else page
            name = page.relative_to(root)
            if not place.exists():
                yield f"{name}: the link {target} leads nowhere."
            elif anchor and place.suffix == ".md" and anchor not in anchors(place):
                yield f"{name}: {target} names a heading that is not there."


def anchors(page: Path) -> set[str]:
    """Return the anchors that a page's headings get."""
    found: set[str] = set()
    for heading in _HEADING.findall(_FENCE.sub("", page.read_text(encoding="utf-8"))):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
        number = 0
        while (slug if not number else f"{slug}-{number}") in found:
            number += 1
        found.add(slug if not number else f"{slug}-{number}")
    return found


def stale_blocks(root: Path, *, write: bool = False) -> Iterator[str]:
    """Yield a sentence for each generated part that is missing or not what the source says today."""
    for name, (page, make) in BLOCKS.items():
        path = root / page
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        begin, end = f"<!-- generated: {name} -->\n", "\n<!-- end -->"
        start = text.find(begin)
        stop = text.find(end, start)
        if start < 0 or stop < 0:
            yield f"{page} lacks the part between '{begin.strip()}' and '{end.strip()}'."
            continue
        fresh = text[: start + len(begin)] + "\n" + make() + "\n" + text[stop:]
        if fresh != text and write:
            path.write_text(fresh, encoding="utf-8")
        elif fresh != text:
            yield f"{page}: the part '{name}' is not up to date; run scripts/check_docs.py --write."


def false_help(root: Path) -> Iterator[str]:
    """Yield a sentence for each printed `--help` that is not what the command prints."""
    known = set(command_words())
    for page in pages(root):
        for words, printed in _HELP.findall(page.read_text(encoding="utf-8")):
            command = tuple(words.split())
            real = help_of(command) if command in known else None
            if real is None or printed.strip() != real:
                yield f"{page.relative_to(root)}: `quell{words} --help` prints something else."


def misnumbered_decisions(root: Path) -> Iterator[str]:
    """Yield a sentence for each decision record that is out of order or not in the index."""
    folder = root / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    numbers: list[int] = []
    for path in sorted(folder.glob("*.md")):
        name = _DECISION.match(path.name)
        if path.name == "README.md":
            continue
        if not name:
            yield f"docs/decisions/{path.name} is not called NNNN-title.md."
            continue
        numbers.append(int(name[1]))
        title = path.read_text(encoding="utf-8").split("\n")[0].removeprefix(f"# {name[1]}. ")
        if title.startswith("#"):
            yield f"docs/decisions/{path.name} must begin with '# {name[1]}. ' and its title."
        elif f"| [{name[1]}]({path.name}) | {title} |" not in index:
            yield f"docs/decisions/README.md must list: | [{name[1]}]({path.name}) | {title} |"
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"docs/decisions: the numbers {numbers} have a gap or a double."


def main() -> int:
    """Print what is not true."""
    found = [
        *stale_blocks(ROOT, write="--write" in sys.argv),
        *broken_links(ROOT),
        *false_help(ROOT),
        *misnumbered_decisions(ROOT),
    ]
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
