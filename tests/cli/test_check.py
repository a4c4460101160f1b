"""`quell check`: many texts, JSON Lines."""

import json
from collections.abc import Callable

from tests.cli.conftest import CommandLine

Maker = Callable[..., CommandLine]


def test_each_line_gets_its_answer_in_order(with_incident: Maker) -> None:
    """Plain lines come back with the incidents they hit."""
    line = with_incident("cards", "cheap gift cards here")

    rows = line.rows("check", stdin="soup with carrots\n\ncheap gift cards here today\n")

    assert [row["text"] for row in rows] == ["soup with carrots", "cheap gift cards here today"]
    assert [[match["incidentName"] for match in row["incidentMatches"]] for row in rows] == [[], ["cards"]]


def test_the_other_members_of_json_lines_are_kept(with_incident: Maker) -> None:
    """A line's id comes back with its verdict."""
    line = with_incident("cards", "cheap gift cards here")

    (row,) = line.rows("check", stdin='{"id": 7, "text": "cheap gift cards here"}\n')

    assert (row["id"], row["incidentMatches"][0]["literal"]) == (7, True)


def test_many_texts_stay_in_order(with_incident: Maker) -> None:
    """Answers come in the order of the input, whichever worker was faster."""
    line = with_incident("cards", "cheap gift cards here")
    texts = [f"text number {number}" for number in range(100)]

    rows = line.rows("check", stdin="\n".join(texts))

    assert [row["text"] for row in rows] == texts


def test_only_the_named_incidents_are_asked(with_incident: Maker) -> None:
    """`--incident` limits the question."""
    with_incident("cards", "cheap gift cards here")
    line = with_incident("more-cards", "cheap gift cards here")

    (row,) = line.rows("check", "--incident", "more-cards", stdin="cheap gift cards here")

    assert [match["incidentName"] for match in row["incidentMatches"]] == ["more-cards"]


def test_an_unknown_incident_is_refused_before_any_text(line: CommandLine) -> None:
    """Nothing is printed when the question is wrong."""
    result = line.run("check", "-i", "absent", stdin="a text\n")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "'absent' does not exist" in result.stderr


def test_a_text_that_is_too_long_does_not_stop_the_others(with_incident: Maker) -> None:
    """A refused text has an error in its line, and the exit code says that there was one."""
    line = with_incident("cards", "cheap gift cards here")

    result = line.run("check", stdin=f"{'a' * 10_001}\ncheap gift cards here\n")

    first, second = map(json.loads, result.stdout.splitlines())
    assert (first["error"]["code"], "incidentMatches" in second, result.exit_code) == (
        "InvalidRequestBody",
        True,
        1,
    )
