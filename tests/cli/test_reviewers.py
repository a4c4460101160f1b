"""`quell reviewers` and `quell work`: policies on the command line."""

import json
from pathlib import Path

from tests.cli.conftest import CommandLine
from tests.reviewers.bench import EXAMPLES, LABELS

GIVEN = [word for one in LABELS for word in ("--label", f"{one['labelName']}={one['description']}")]


def file(tmp_path: Path, body: bytes = EXAMPLES) -> str:
    """Write a file; return its path."""
    path = tmp_path / "examples.jsonl"
    path.write_bytes(body)
    return str(path)


def test_a_reviewer_is_created_built_and_tried(line: CommandLine, tmp_path: Path) -> None:
    """Labels on the command line, examples from a file, and a review with its reason."""
    made = line.out("reviewers", "create", "Forum", *GIVEN, "--examples", file(tmp_path))
    plain = line.out("reviewers", "test", "Forum", "selling my old kettle")
    (answer,) = line.rows("reviewers", "test", "Forum", "-", "--json", stdin="selling my old kettle\n")

    assert made == "Version 1 of 'Forum' is built from 4 examples.\n"
    assert plain.startswith("Sale (")
    assert answer["reasoning"] in plain
    assert (answer["labelName"], answer["autoReviewerVersion"]) == ("Sale", 1)


def test_a_policy_can_be_a_file(line: CommandLine, tmp_path: Path) -> None:
    """With its examples, in the words of the API."""
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps({"labels": LABELS, "examples": [{"text": "a kettle", "labelName": "Sale"}]}))
    line.out("reviewers", "create", "Forum", "--policy", str(policy))
    second = line.out("reviewers", "create", "Forum", *GIVEN)

    assert "Version 2 of 'Forum' is built from 0 examples." in second
    assert line.out("reviewers", "list").split("\t") == ["Forum", "2", "Succeeded", "0", "embedded\n"]
    assert json.loads(line.out("reviewers", "show", "Forum", "--version", "1"))["exampleCount"] == 1


def test_what_is_not_sound_is_refused(line: CommandLine, tmp_path: Path) -> None:
    """In one sentence, and nothing is made."""
    bad_line = line.run(
        "reviewers", "create", "Forum", *GIVEN, "--examples", file(tmp_path, b'{"text": "a"}\n')
    )
    no_rest = line.run("reviewers", "create", "Forum", *GIVEN[:4])
    no_labels = line.run("reviewers", "create", "Forum")
    no_name = line.run("reviewers", "create", "a b", *GIVEN)
    absent = line.run("reviewers", "test", "Forum", "a text")

    assert "Line 1: The field 'labelName' is required." in bad_line.output
    assert "one label named 'Other'" in no_rest.output
    assert [r.exit_code for r in (bad_line, no_rest, no_labels, no_name, absent)] == [1, 1, 2, 1, 1]
    assert line.out("reviewers", "list") == ""


def test_a_file_is_reviewed(line: CommandLine, tmp_path: Path) -> None:
    """One line for each text, in their order."""
    line.out("reviewers", "create", "Forum", *GIVEN, "--examples", file(tmp_path))
    rows = line.rows("reviewers", "review", "Forum", file(tmp_path))

    assert [row["line"] for row in rows] == [1, 2, 4, 5]
    assert [row["labelName"] for row in rows] == ["Sale", "Sale", "GameTalk", "Other"]


def test_a_version_is_reported_on_and_compared(line: CommandLine, tmp_path: Path) -> None:
    """Figures for each label; two versions on the same file."""
    line.out("reviewers", "create", "Forum", *GIVEN, "--examples", file(tmp_path))
    line.out("reviewers", "create", "Forum", *GIVEN)
    table = line.out("reviewers", "report", "Forum", "--version", "1")
    (figures,) = line.rows("reviewers", "report", "Forum", "--version", "1", "--json")
    compared = line.out("reviewers", "compare", "Forum", file(tmp_path), "--first", "1", "--second", "2")
    no_examples = line.run("reviewers", "report", "Forum")

    assert table.splitlines()[0].startswith("Sale\t2\t")
    assert figures["texts"] == 4
    assert "of 4 texts get another label" in compared
    assert no_examples.exit_code == 1


def test_a_reviewer_is_deleted(line: CommandLine) -> None:
    """One version, then all; what is not there is an error."""
    for _ in range(2):
        line.out("reviewers", "create", "Forum", *GIVEN)
    one = line.out("reviewers", "delete", "Forum", "--version", "2")
    everything = line.out("reviewers", "delete", "Forum")

    assert one == "Version 2 of 'Forum' is deleted.\n"
    assert everything == "The auto reviewer 'Forum' is deleted.\n"
    assert line.run("reviewers", "delete", "Forum").exit_code == 1


def test_work_does_what_waits_and_ends(line: CommandLine) -> None:
    """With nothing to do it ends at once."""
    line.out("reviewers", "list")

    assert line.out("work") == ""
