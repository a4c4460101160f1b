"""`quell incidents`: the operations of the API on the data folder."""

import errno
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine

Maker = Callable[..., CommandLine]


def test_an_incident_is_created_then_updated(line: CommandLine) -> None:
    """The first `create` creates, the second updates and keeps what it does not name."""
    first = line.out(
        "incidents", "create", "tickets", "--description", "Tickets", "--definition", "Never sent"
    )
    second = line.out("incidents", "create", "tickets", "--description", "Concert tickets")

    shown = json.loads(line.out("incidents", "show", "tickets"))

    assert ("created" in first, "updated" in second) == (True, True)
    assert (shown["description"], shown["incidentDefinition"]) == ("Concert tickets", "Never sent")


def test_the_list_has_one_line_for_each_incident_newest_first(with_incident: Maker) -> None:
    """`list` prints names, sample counts and sensitivities."""
    with_incident("older")
    line = with_incident("newer", "cheap gift cards here", "gift cards for half")

    assert line.out("incidents", "list").splitlines() == ["newer\t2\t0.5\t", "older\t0\t0.5\t"]


def test_the_list_can_be_json(with_incident: Maker) -> None:
    """With --json each line is the incident as the API shows it."""
    rows = with_incident("cards", "cheap gift cards here").rows("incidents", "list", "--json")

    assert [(row["incidentName"], row["sampleCount"]) for row in rows] == [("cards", 1)]


def test_samples_come_from_arguments_and_files(line: CommandLine, tmp_path: Path) -> None:
    """Texts are given in the command, one a line in a file, or as JSON Lines."""
    file = tmp_path / "texts"
    file.write_text('plain line of a file\n\n{"text": "a line of json"}\n{not json\n')
    line.out("incidents", "create", "mixed")
    line.out("incidents", "add", "mixed", "from the command", "--from", str(file))

    found = [row["text"] for row in line.rows("incidents", "samples", "mixed", "--json")]

    assert sorted(found) == ["a line of json", "from the command", "plain line of a file", "{not json"]


def test_samples_come_from_a_pipe(line: CommandLine) -> None:
    """`--from -` reads what is piped in."""
    line.out("incidents", "create", "piped")

    added = line.rows("incidents", "add", "piped", "--from", "-", "--json", stdin="one text\ntwo texts\n")

    assert [row["text"] for row in added] == ["one text", "two texts"]


def test_more_samples_than_one_request_takes_are_added_at_once(line: CommandLine) -> None:
    """The limit per request of the API is no limit here."""
    line.out("incidents", "create", "many")

    line.out(
        "incidents", "add", "many", "--from", "-", stdin="".join(f"text number {n}\n" for n in range(101))
    )

    assert len(line.out("incidents", "samples", "many").splitlines()) == 101


def test_a_sample_that_is_too_long_is_refused_and_none_added(with_incident: Maker) -> None:
    """The limits are the API's: one code point too many refuses all."""
    line = with_incident("long")

    result = line.run("incidents", "add", "long", "a" * 1024, "b" * 1025)

    assert result.exit_code == 1
    assert "incidentSamples[1].text" in result.stderr
    assert line.out("incidents", "samples", "long") == ""


def test_a_removed_sample_is_gone(with_incident: Maker) -> None:
    """`remove` takes ids as `samples` prints them."""
    line = with_incident("cards", "cheap gift cards here", "gift cards for half")
    newest, oldest = [row.split("\t") for row in line.out("incidents", "samples", "cards").splitlines()]

    line.out("incidents", "remove", "cards", newest[0])

    assert line.out("incidents", "samples", "cards") == "\t".join(oldest) + "\n"


def test_a_deleted_incident_is_gone(with_incident: Maker) -> None:
    """`delete` deletes; a second time there is nothing to delete, and that is said."""
    line = with_incident("cards", "cheap gift cards here")
    line.out("incidents", "delete", "cards")

    again = line.run("incidents", "delete", "cards")

    assert (line.out("incidents", "list"), again.exit_code) == ("", 1)
    assert "'cards' does not exist" in again.stderr


@pytest.mark.parametrize("name", ["two words", "operations", "a" * 65])
def test_a_name_that_the_api_refuses_is_refused(line: CommandLine, name: str) -> None:
    """Names have the pattern and length of the API."""
    result = line.run("incidents", "create", name)

    assert result.exit_code == 1
    assert "incidentName" in result.stderr


def test_a_deployment_says_how_it_ended(with_incident: Maker) -> None:
    """With samples it succeeds; without it fails with a reason."""
    with_incident("empty")
    line = with_incident("full", "cheap gift cards here")

    good, bad = line.run("incidents", "deploy", "full"), line.run("incidents", "deploy", "empty")

    assert (good.exit_code, bad.exit_code) == (0, 1)
    assert "Succeeded" in good.stdout
    assert "no samples" in bad.stderr


def test_the_sensitivity_is_shown_and_set(with_incident: Maker) -> None:
    """A set sensitivity is stored; the threshold is told with it."""
    line = with_incident("cards")
    before = line.out("incidents", "sensitivity", "cards")
    line.out("incidents", "sensitivity", "cards", "0.75")

    after = line.out("incidents", "sensitivity", "cards")

    assert before.startswith("0.5 (")
    assert after == "0.75 (a hit from probability 0.25 on)\n"


def test_an_impossible_sensitivity_is_wrong_usage(with_incident: Maker) -> None:
    """A value beyond 1 is refused with exit code 2."""
    assert with_incident("cards").run("incidents", "sensitivity", "cards", "1.5").exit_code == 2


def test_an_explanation_names_the_sample(with_incident: Maker) -> None:
    """`explain` tells which sample decided, and that it did so word for word."""
    line = with_incident("cards", "cheap gift cards here")

    told = line.out("incidents", "explain", "we have CHEAP gift cards here, come")

    assert told.startswith("cards: hit, word for word")
    assert "cheap gift cards here" in told


def test_an_explanation_can_be_json_and_reads_a_pipe(with_incident: Maker) -> None:
    """With --json an explanation is the API's, for each named incident."""
    line = with_incident("cards", "cheap gift cards here")

    rows = line.rows("incidents", "explain", "-", "-i", "cards", "--json", stdin="soup with carrots\n")

    assert [(row["incidentName"], row["hit"]) for row in rows] == [("cards", False)]


def test_a_preview_sorts_what_would_be_caught_first(line: CommandLine, tmp_path: Path) -> None:
    """`preview` judges texts against samples that are nowhere stored."""
    (tmp_path / "samples").write_text("cheap gift cards here\n")
    (tmp_path / "texts").write_text("soup with carrots\nget cheap gift cards here\n")

    told = line.out("incidents", "preview", "--samples", "samples", "--texts", "texts").splitlines()

    assert [row.split()[0] for row in told] == ["caught", "not"]
    assert line.out("incidents", "list") == ""


def test_a_preview_can_stand_on_a_stored_incident(with_incident: Maker) -> None:
    """With --incident the stored samples count, and the findings can be JSON."""
    line = with_incident("cards", "cheap gift cards here")

    rows = line.rows(
        "incidents", "preview", "-i", "cards", "--texts", "-", "--json", stdin="cheap gift cards here\n"
    )

    assert [(row["position"], row["outcome"], row["literal"]) for row in rows] == [(0, "caught", True)]


def test_an_export_comes_back_the_same(with_incident: Maker, tmp_path: Path) -> None:
    """Exported, deleted and imported, an incident has the same settings and samples."""
    line = with_incident("cards", "cheap gift cards here", "gift cards for half")
    line.out("incidents", "sensitivity", "cards", "0.25")
    line.out("incidents", "export", "cards", "--output", "cards.json")
    line.out("incidents", "delete", "cards")
    line.out("incidents", "import", "cards.json")

    again = line.out("incidents", "export", "cards")

    assert again == (tmp_path / "cards.json").read_text()
    assert json.loads(again)["sensitivity"] == 0.25


@pytest.mark.parametrize("place", ["absent/cards.json", "."])
def test_an_export_to_no_place_is_refused(with_incident: Maker, place: str) -> None:
    """In one sentence; nothing is left beside it."""
    line = with_incident("cards", "cheap gift cards here")

    result = line.run("incidents", "export", "cards", "-o", place)

    assert (result.exit_code, "cannot be written" in result.stderr) == (2, True)


def test_an_export_that_fails_leaves_the_one_before(
    with_incident: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk must not cost the copy that was there."""
    line = with_incident("cards", "cheap gift cards here")
    line.out("incidents", "export", "cards", "-o", "cards.json")
    before = (tmp_path / "cards.json").read_text()
    line.out("incidents", "add", "cards", "another text")

    def full(path: Path, content: bytes) -> int:
        with path.open("wb") as file:
            file.write(content[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    refused = line.run("incidents", "export", "cards", "-o", "cards.json")

    assert (refused.exit_code, (tmp_path / "cards.json").read_text()) == (2, before)
    assert not [path.name for path in tmp_path.rglob("*.part")]


def test_an_export_keeps_who_may_read_the_file_and_what_lies_beside_it(
    with_incident: Maker, tmp_path: Path
) -> None:
    """A file that was made private stays so, and another one called like a draft is not touched."""
    line = with_incident("cards", "cheap gift cards here")
    copy, other = tmp_path / "cards.json", tmp_path / "cards.json.part"
    copy.touch(0o600)
    other.write_text("mine")

    line.out("incidents", "export", "cards", "-o", "cards.json")

    assert (copy.stat().st_mode & 0o777, other.read_text()) == (0o600, "mine")
    assert "gift cards" in copy.read_text()


def test_an_import_replaces_only_when_asked(with_incident: Maker) -> None:
    """An incident of the same name is in the way without --overwrite."""
    line = with_incident("cards", "cheap gift cards here")
    document = line.out("incidents", "export", "cards")
    line.out("incidents", "add", "cards", "another text")

    refused = line.run("incidents", "import", "-", stdin=document)
    line.out("incidents", "import", "-", "--overwrite", stdin=document)

    assert (refused.exit_code, line.out("incidents", "export", "cards")) == (1, document)


@pytest.mark.parametrize(
    "content", ["[]", "{", '{"formatVersion": 2}', '{"formatVersion": 1, "medium": "text"}']
)
def test_a_file_that_is_no_incident_is_refused(line: CommandLine, content: str) -> None:
    """A wrong document is one clear sentence and no traceback."""
    result = line.run("incidents", "import", "-", stdin=content)

    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)


@pytest.mark.parametrize(
    "words",
    [
        ("add", "cards"),
        ("add", "cards", "--from", "absent"),
        ("import", "absent"),
        ("preview", "--texts", "absent"),
    ],
)
def test_missing_texts_and_files_are_wrong_usage(line: CommandLine, words: tuple[str, ...]) -> None:
    """What is not there is told with exit code 2."""
    assert line.run("incidents", *words).exit_code == 2
