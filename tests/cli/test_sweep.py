"""`quell sweep`: its words, its answer and its refusals."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine
from tests.sweep.bench import texts, write_jsonl


def test_a_sweep_prints_what_was_hit(line: CommandLine, tmp_path: Path) -> None:
    """And the folder has the hits; given again, the command answers from it."""
    source = write_jsonl(tmp_path / "posts.jsonl", texts(30))
    out = str(tmp_path / "out")
    words = ("sweep", str(source), "--categories", "Violence", "--processes", "1", "--out", out)

    first = line.run(*words)
    (summary,) = line.rows(*words, "--json")

    assert first.exit_code == 0
    assert "30 rows" in first.output
    assert summary["rows"] == 30
    assert json.loads((tmp_path / "out" / "summary.json").read_text()) == summary


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "Nothing is asked"),
        (("--incident", "absent"), "The incident 'absent' does not exist."),
        (("--categories", "Spam"), "'spam' is none of"),
        (("--categories", "all", "--on", "moon"), "must be local or ray"),
        (("--categories", "all", "--severity", "3"), "must be 2, 4 or 6"),
        (("--categories", "all", "--format", "xml"), "must be one of"),
        (("--image-incident", "any"), "folder of pictures only"),
    ],
)
def test_what_makes_no_sense_is_refused(
    line: CommandLine, tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    """In one sentence, before anything is read."""
    source = write_jsonl(tmp_path / "posts.jsonl", texts(3))

    refused = line.run("sweep", str(source), "--out", str(tmp_path / "out"), *words)

    assert refused.exit_code in {1, 2}
    assert sentence in " ".join(refused.output.replace("│", " ").split())
