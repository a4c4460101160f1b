"""`quell check`: many texts, JSON Lines."""

import json
from collections.abc import Callable

import pytest

from quell.blocklists.domain import ItemWrite, ListChange
from quell.cli.opening import opened
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


def test_half_a_character_does_not_stop_the_others(with_incident: Maker) -> None:
    """It is refused, and told in escapes, for UTF-8 cannot hold it."""
    line = with_incident("cards", "cheap gift cards here")

    result = line.run("check", stdin='{"text": "\\ud800 two"}\ncheap gift cards here\n')

    first, second = map(json.loads, result.stdout.splitlines())
    assert (first["text"], "error" in first, "incidentMatches" in second) == ("\ud800 two", True, True)


def test_the_mark_at_the_beginning_of_a_file_is_no_text(with_incident: Maker) -> None:
    """Some editors put one before the first line."""
    line = with_incident("cards", "cheap gift cards here")

    (row,) = line.rows("check", stdin='\ufeff{"id": 7, "text": "cheap gift cards here"}\n')

    assert (row["id"], row["text"]) == (7, "cheap gift cards here")


def with_blocklist(line: CommandLine, name: str, *terms: str) -> CommandLine:
    """Make a blocklist, for which there is no command."""
    with opened(line.folder, None) as quell:
        quell.blocklists.service.put(name, ListChange())
        quell.blocklists.service.write(name, [ItemWrite(term) for term in terms])
    return line


def test_severities_are_told(line: CommandLine) -> None:
    """`--categories` answers as text:analyze does, and asks no incident."""
    (row,) = line.rows("check", "--categories", "violence, hate", stdin="shove that louse\n")

    assert row == {
        "text": "shove that louse",
        "categoriesAnalysis": [{"category": "Hate", "severity": 4}, {"category": "Violence", "severity": 2}],
    }


def test_all_categories_in_eight_levels(line: CommandLine) -> None:
    """`all` names the four; the output type is that of text:analyze."""
    words = ("--categories", "all", "--output-type", "eightseveritylevels")
    (row,) = line.rows("check", *words, stdin="shove that louse\n")

    assert [one["severity"] for one in row["categoriesAnalysis"]] == [4, 0, 0, 3]


def test_blocklists_are_told(line: CommandLine) -> None:
    """`--blocklist` alone asks no category; with a halt a hit leaves the categories out."""
    with_blocklist(line, "names", "louse")
    both = ("--blocklist", "names", "--categories", "Hate", "--halt-on-blocklist-hit")
    (alone,) = line.rows("check", "--blocklist", "names", stdin="that louse")
    hit, none = line.rows("check", *both, stdin="that louse\nthat oaf\n")

    assert [match["blocklistItemText"] for match in alone["blocklistsMatch"]] == ["louse"]
    assert set(alone) == {"text", "blocklistsMatch"}
    assert (hit["categoriesAnalysis"], len(none["categoriesAnalysis"])) == ([], 1)


def test_incidents_are_asked_beside_categories_when_named(with_incident: Maker) -> None:
    """Everything in one pass."""
    line = with_incident("cards", "cheap gift cards here")

    (row,) = line.rows("check", "-i", "cards", "--categories", "Hate", stdin="cheap gift cards here\n")

    assert set(row) == {"text", "categoriesAnalysis", "incidentMatches"}


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--categories", "Rudeness"), "'categories[0]'"),
        (("--categories", "Drugs"), "'Drugs'"),
        (("--blocklist", "absent"), "'absent'"),
        (("--categories", "all", "--output-type", "TwoSeverityLevels"), "'outputType'"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_any_text(
    line: CommandLine, words: tuple[str, ...], named: str
) -> None:
    """Nothing is printed when the question is wrong."""
    result = line.run("check", *words, stdin="a text\n")

    assert (result.exit_code, result.stdout) == (1, "")
    assert named in result.stderr


def test_texts_with_severities_have_the_same_limits(line: CommandLine) -> None:
    """A text that is too long is refused in its line."""
    result = line.run("check", "--categories", "all", stdin=f"{'a' * 10_001}\n{'a' * 10_000}\n")

    first, second = map(json.loads, result.stdout.splitlines())
    assert ("error" in first, "error" in second, result.exit_code) == (True, False, 1)
