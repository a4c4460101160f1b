"""`quell evaluate`: texts with labels in, scores out."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine

ROWS = [
    {"text": "a calm day", "lang": "en", "violence": 0, "hate": 0},
    {"text": "shove", "lang": "en", "violence": 4, "hate": None},
    {"text": "wallop", "lang": "de", "violence": 6},
    {"text": "du louse", "lang": "de", "violence": 0, "hate": 4},
]
CSV = """text,lang,violence,hate
a calm day,en,0,0
shove,en,4,
wallop,de,6.0,
du louse,de,0,4
"""


def lines(*rows: object) -> str:
    """Return JSON Lines."""
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Return the same rows in either form."""
    found = {"jsonl": tmp_path / "rows.jsonl", "csv": tmp_path / "rows.csv"}
    found["jsonl"].write_text(lines(*ROWS) + "\n")
    found["csv"].write_text("\ufeff" + CSV)
    return found


def test_both_forms_say_the_same(line: CommandLine, files: dict[str, Path]) -> None:
    """JSON has the model, each category and each language."""
    whole = json.loads(line.out("evaluate", str(files["jsonl"]), "--json"))

    assert json.loads(line.out("evaluate", str(files["csv"]), "--json")) == whole
    assert json.loads(line.out("evaluate", "-", "--json", stdin=lines(*ROWS))) == whole
    assert whole["model"] == {"name": "tiny-harms", "revision": "1"}
    assert (whole["texts"], whole["leftOut"]) == (4, 0)
    assert [one["category"] for one in whole["categories"]] == ["Hate", "Violence", "Any"]
    violence = whole["categories"][1]
    assert [score["language"] for score in violence["scores"]] == ["all", "de", "en"]
    score = violence["scores"][0]
    assert (violence["labels"], score["texts"], score["harmful"]) == ("severities", 4, 2)
    assert (score["auroc"], score["auprc"], score["f1"], score["falsePositiveRate"]) == (1.0, 1.0, 1.0, 0.0)
    assert (score["absoluteError"], score["confusion"][3]) == (pytest.approx(0.225), [0, 0, 0, 1])


def test_the_table_has_a_row_for_each_category_and_language(
    line: CommandLine, files: dict[str, Path]
) -> None:
    """In a pipe with tabs between; the counts of the levels follow after a blank line."""
    printed = line.out("evaluate", str(files["csv"]))
    scores, counts = (part.splitlines() for part in printed.split("\n\n"))

    assert [row.split("\t")[:4] for row in scores[:3]] == [
        ["Hate", "all", "2", "1"],
        ["Hate", "de", "1", "1"],
        ["Hate", "en", "1", "0"],
    ]
    assert all(len(row.split("\t")) == 11 for row in scores)
    assert "Violence\t6\t0\t0\t0\t1" in counts


def test_flags_are_recognised(line: CommandLine) -> None:
    """Zeros and ones are flags, unless the caller says that they are severities."""
    rows = lines({"text": "shove", "Violence": True}, {"text": "calm", "Violence": 0})
    auto = json.loads(line.out("evaluate", "-", "--json", stdin=rows))
    told = json.loads(line.out("evaluate", "-", "--json", "--labels", "severities", stdin=rows))

    assert [one["categories"][0]["labels"] for one in (auto, told)] == ["flags", "severities"]
    assert [one["categories"][0]["scores"][0]["harmful"] for one in (auto, told)] == [1, 0]


def test_texts_that_the_service_would_refuse_are_left_out(line: CommandLine) -> None:
    """They are counted and told on stderr."""
    rows = [{"text": text, "hate": 0} for text in ("", "x" * 10_001, "x" * 10_000)]
    result = line.run("evaluate", "-", "--json", stdin=lines(*rows))

    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["texts"], answer["leftOut"]) == (0, 1, 2)
    assert "2 left out" in result.stderr


@pytest.mark.parametrize(
    ("stdin", "words"),
    [
        (lines({"text": "calm"}), "no text with a label"),
        ("", "no text with a label"),
        (lines({"text": "calm", "hate": 0}, {"hate": 0}), "Line 2 has no 'text'"),
        (lines({"text": "calm", "hate": 8}), "Line 1: the label of Hate"),
        (lines({"text": "calm", "self_harm": 1.5}), "Line 1: the label of SelfHarm"),
        (lines({"text": "calm", "sexual": "yes"}), "Line 1: the label of Sexual"),
        (lines({"text": "calm", "hate": [1]}), "Line 1: the label of Hate"),
        ("calm\n", "Line 1 is not a JSON object"),
    ],
)
def test_what_cannot_be_read_is_refused(line: CommandLine, stdin: str, words: str) -> None:
    """One sentence names the line."""
    result = line.run("evaluate", "-", stdin=stdin)

    assert (result.exit_code, result.stdout) == (1, "")
    assert words in result.stderr


def test_a_file_that_is_not_there_is_refused(line: CommandLine, tmp_path: Path) -> None:
    """So is one that is not UTF-8."""
    latin = tmp_path / "latin.csv"
    latin.write_bytes("text,hate\nd\xe9j\xe0 vu,0\n".encode("latin-1"))

    for file, words in ((tmp_path / "absent.csv", "No such file"), (latin, "not UTF-8")):
        result = line.run("evaluate", str(file))
        assert (result.exit_code, words in result.stderr) == (1, True)


def test_an_unknown_kind_of_label_is_wrong_usage(line: CommandLine, files: dict[str, Path]) -> None:
    """The exit code says so."""
    assert line.run("evaluate", str(files["csv"]), "--labels", "stars").exit_code == 2
