"""The check of the docs finds broken links, stale parts, false help and misnumbered decisions."""

from pathlib import Path
from types import ModuleType

import pytest

from quell.cli import app
from quell.http.operations import load_operations
from quell.settings import Settings


def page(root: Path, name: str, text: str) -> None:
    """Write a page."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize(
    ("link", "broken"),
    [
        ("docs/there.md", False),
        ("docs/there.md#a-heading-with-code", False),
        ("#own-heading", False),
        ("https://example.org/absent", False),
        ("docs/absent.md", True),
        ("docs/there.md#absent", True),
        ("#absent", True),
    ],
)
def test_links_lead_to_files_and_headings(docs: ModuleType, tmp_path: Path, link: str, broken: bool) -> None:
    """Relative links are followed, the web is not."""
    page(tmp_path, "docs/there.md", "# There\n\n## A heading, with `code`\n")
    page(tmp_path, "README.md", f"# Own heading\n\n[link]({link})\n")

    assert bool(list(docs.broken_links(tmp_path))) is broken


def test_links_in_code_are_no_links(docs: ModuleType, tmp_path: Path) -> None:
    """What stands between fences is not followed."""
    page(tmp_path, "README.md", "```md\n[link](absent.md)\n```\n")

    assert list(docs.broken_links(tmp_path)) == []


def test_a_generated_part_must_be_what_the_source_says(
    docs: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stale part is found, then brought up to date; a page without the part is found, too."""
    monkeypatch.setattr(docs, "BLOCKS", {"facts": (Path("docs/facts.md"), lambda: "fresh")})
    missing = list(docs.stale_blocks(tmp_path))
    page(
        tmp_path, "docs/facts.md", "# Facts\n\n<!-- generated: facts -->\n\nstale\n\n<!-- end -->\n\nafter\n"
    )
    stale = list(docs.stale_blocks(tmp_path))
    list(docs.stale_blocks(tmp_path, write=True))

    assert (len(missing), len(stale), list(docs.stale_blocks(tmp_path))) == (1, 1, [])
    assert (tmp_path / "docs/facts.md").read_text() == (
        "# Facts\n\n<!-- generated: facts -->\n\nfresh\n\n<!-- end -->\n\nafter\n"
    )


def test_every_setting_route_code_and_command_is_in_its_part(docs: ModuleType) -> None:
    """The generated parts leave nothing out."""
    made = {name: make() for name, (_, make) in docs.BLOCKS.items()}

    assert [name for name in Settings.model_fields if f"`QUELL_{name.upper()}`" not in made["settings"]] == []
    assert [
        row.path for row in load_operations().rows if f"{row.method} {row.path}`" not in made["routes"]
    ] == []
    assert [
        code for code in ("InvalidRequestBody", "NotImplemented", "401") if f"`{code}`" not in made["errors"]
    ] == []
    commands = {info.name for info in app.registered_commands if info.name}
    assert [name for name in commands if f"### `quell {name}`" not in made["commands"]] == []
    assert "### `quell incidents preview`" in made["commands"]


@pytest.mark.parametrize(
    ("words", "printed", "false"), [(" version", None, 0), (" version", "else", 1), (" absent", "", 1)]
)
def test_printed_help_must_be_real(
    docs: ModuleType, tmp_path: Path, words: str, printed: str | None, false: int
) -> None:
    """A help text in a page is compared with what the command prints."""
    text = docs.help_of(words.split()) if printed is None else printed
    page(tmp_path, "README.md", f"```console\n$ ./quell{words} --help\n{text}\n```\n")

    assert len(list(docs.false_help(tmp_path))) == false


DECISIONS = {
    "README.md": "| [0001](0001-first.md) | First |\n| [0002](0002-second.md) | Second |\n",
    "0001-first.md": "# 0001. First\n",
    "0002-second.md": "# 0002. Second\n",
}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"0003-third.md": "# 0003. Third\n"},
        {"0002-second.md": "# 0002. Another title\n"},
        {"0002-second.md": "# Second\n"},
        {"0001-first.md": None, "README.md": "| [0002](0002-second.md) | Second |\n"},
        {"Third.md": "# Third\n"},
    ],
)
def test_decisions_are_numbered_and_in_the_index(
    docs: ModuleType, tmp_path: Path, change: dict[str, str | None]
) -> None:
    """A record that is not listed, wrongly titled or numbered is found; sound ones are not."""
    for name, text in {**DECISIONS, **change}.items():
        if text is not None:
            page(tmp_path, f"docs/decisions/{name}", text)

    assert bool(list(docs.misnumbered_decisions(tmp_path))) is bool(change)
