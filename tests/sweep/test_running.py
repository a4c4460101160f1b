"""A sweep from its source to its summary, whatever the format and however many do it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from quell.errors import InvalidRequestBody, ResourceNotFound
from quell.sweep.domain import Columns, Question
from quell.sweep.planning import PlanRules
from quell.sweep.pool import PoolEngine
from quell.sweep.work import HereEngine
from tests.sweep.bench import WORDS, WRITERS, Bench, texts, without_place, write_jsonl, write_parquet

COUNT = 120


@pytest.mark.parametrize("format_", WRITERS)
def test_every_format_gives_the_same_rows(bench: Bench, format_: str) -> None:
    """Texts with quotes, commas, line ends and emoji among them; each hit once, in the order of the rows."""
    source = WRITERS[format_](bench.path / f"posts.{format_}", texts(COUNT))

    summary = bench.sweep(source)

    expected = [(number, name) for number, (name, text) in enumerate(texts(COUNT)) if "gold" in text]
    assert [(one["row"], one["id"]) for one in bench.results()] == expected
    assert (summary["rows"], summary["rowsWithHits"], summary["errors"]) == (COUNT, len(expected), 0)
    assert summary["hits"] == [{"kind": "blocklist", "name": "words", "hits": len(expected)}]
    assert [one["text"] for one in bench.results()] == [text for _, text in texts(COUNT) if "gold" in text]


def test_one_and_two_processes_give_the_same_bytes(bench: Bench) -> None:
    """And so does this process alone."""
    source = write_jsonl(bench.path / "posts.jsonl", texts(COUNT))
    bench.sweep(source, "here")
    bench.sweep(source, "one", engine=PoolEngine(1))

    bench.sweep(source, "two", engine=PoolEngine(2))

    assert bench.content("two") == bench.content("one") == bench.content("here")


def test_a_hit_says_where_and_by_what(bench: Bench) -> None:
    """The place in the text, the item, the file and its line."""
    (bench.path / "in").mkdir()
    write_jsonl(bench.path / "in" / "a.jsonl", [("1", "nothing here")])
    write_jsonl(bench.path / "in" / "b.jsonl", [("2", "nor here"), ("3", "all that silver")])

    bench.sweep(bench.path / "in")

    (hit,) = bench.results()
    assert (hit["row"], hit["file"], hit["line"], hit["id"]) == (2, "b.jsonl", 2, "3")
    assert (hit["kind"], hit["name"], hit["why"], hit["start"], hit["end"]) == (
        "blocklist",
        "words",
        "silver",
        9,
        15,
    )


def test_bad_rows_are_told_and_end_nothing(bench: Bench) -> None:
    """By file and line; the rows around them are judged."""
    source = bench.path / "posts.jsonl"
    source.write_text('{"text": "gold"}\n{"text"\n{"text": ""}\n' + json.dumps({"text": "y" * 10_001}) + "\n")

    summary = bench.sweep(source)

    assert (summary["rows"], summary["rowsWithHits"], summary["errors"]) == (4, 1, 3)
    assert [one["line"] for one in summary["firstErrors"]] == [2, 3, 4]
    lines = (bench.path / "out" / "errors.jsonl").read_text().splitlines()
    assert [json.loads(line)["message"] for line in lines] == [
        "The line is not valid JSON: Expecting ':' delimiter at column 8.",
        "The text is empty.",
        "The text has 10,001 characters; at most 10,000 are judged.",
    ]


def test_every_row_can_be_written(bench: Bench) -> None:
    """With what each hit, and with what is wrong with it."""
    source = bench.path / "posts.jsonl"
    source.write_text('{"id": 7, "text": "gold, gold"}\n{"id": 8, "text": "tin"}\n{"id": 9}\n')

    bench.sweep(source, every_row=True)

    found = [(one["id"], one["hits"], one["blocklists"], one["error"]) for one in bench.results()]
    assert found == [
        ("7", 1, ["words"], None),
        ("8", 0, [], None),
        ("9", 0, [], "The line has no text in 'text'."),
    ]


def test_another_column_can_have_the_text(bench: Bench) -> None:
    """And another one the id; where one of them is missing the file is refused at once."""
    source = bench.path / "posts.csv"
    source.write_text("key,body\nk1,gold\n")
    rules = PlanRules(columns=Columns("body", "key", id_required=True))

    bench.sweep(source, rules=rules)

    assert [one["id"] for one in bench.results()] == ["k1"]
    with pytest.raises(InvalidRequestBody, match="no column 'text'"):
        bench.sweep(source, "other")


def test_a_sweep_that_was_ended_goes_on_with_what_it_began_with(bench: Bench) -> None:
    """The blocklist that changed in between changes nothing; all shards see the same."""
    source = write_jsonl(bench.path / "posts.jsonl", texts(COUNT))
    bench.sweep(source, "whole")
    with pytest.raises(RuntimeError):
        bench.sweep(source, engine=_EndsAfter(4))
    bench.lists.create("words", "tin")

    bench.sweep(source)

    assert bench.content() == bench.content("whole")


def test_a_changed_source_is_not_gone_on_with(bench: Bench) -> None:
    """One that was only touched is."""
    source = write_jsonl(bench.path / "posts.jsonl", texts(COUNT))
    for out in ("touched", "changed"):
        with pytest.raises(RuntimeError):
            bench.sweep(source, out, engine=_EndsAfter(4))
    source.write_bytes(source.read_bytes())

    assert bench.sweep(source, "touched")["rows"] == COUNT

    source.write_bytes(source.read_bytes().replace(b"tin 1", b"tin 2"))
    with pytest.raises(InvalidRequestBody, match="has changed"):
        bench.sweep(source, "changed")


def test_a_source_that_changes_under_way_has_no_results(bench: Bench) -> None:
    """Rows of two states of a file are no answer."""
    source = write_jsonl(bench.path / "posts.jsonl", texts(COUNT))

    class Changing(_EndsAfter):
        def touch(self) -> None:
            write_jsonl(source, texts(COUNT + 1))

    with pytest.raises(InvalidRequestBody, match="has changed"):
        bench.sweep(source, engine=Changing(4, then_ends=False))
    assert not (bench.path / "out" / "results.parquet").exists()


def test_a_folder_keeps_to_one_sweep(bench: Bench) -> None:
    """Another question, or anything else in the folder, is refused; the same one is answered again."""
    source = write_jsonl(bench.path / "posts.jsonl", texts(COUNT))
    first = bench.sweep(source)

    assert bench.sweep(source) == first
    with pytest.raises(InvalidRequestBody, match="another question"):
        bench.sweep(source, question=replace(WORDS, severity=4))
    with pytest.raises(InvalidRequestBody, match="holds something else, such as 'data'"):
        bench.sweep(source, ".")


def test_what_is_asked_must_exist(bench: Bench) -> None:
    """And it is refused before anything is read."""
    source = write_jsonl(bench.path / "posts.jsonl", texts(3))

    with pytest.raises(ResourceNotFound, match="blocklist 'absent'"):
        bench.sweep(source, question=Question(blocklists=("absent",)))
    with pytest.raises(InvalidRequestBody, match="Nothing is asked"):
        bench.sweep(source, question=Question())
    with pytest.raises(InvalidRequestBody, match="folder of pictures only"):
        bench.sweep(source, question=Question(image_incidents=("any",)))


def test_what_is_no_input_is_refused(bench: Bench) -> None:
    """Nothing, nothing of a known format, too many formats, and no rows."""
    folder = bench.path / "in"
    folder.mkdir()
    with pytest.raises(InvalidRequestBody, match="does not exist"):
        bench.sweep(bench.path / "absent")
    (folder / "posts.jsonl.gz").write_bytes(b"")
    with pytest.raises(InvalidRequestBody, match="known ending"):
        bench.sweep(folder)
    (folder / "posts.jsonl").write_bytes(b"")
    with pytest.raises(InvalidRequestBody, match="no rows"):
        bench.sweep(folder)
    (folder / "posts.csv").write_bytes(b"")
    with pytest.raises(InvalidRequestBody, match="several formats: csv, jsonl"):
        bench.sweep(folder)
    (folder / "posts.parquet").write_bytes(b"PAR1")
    with pytest.raises(InvalidRequestBody, match="is not Parquet"):
        bench.sweep(folder, rules=PlanRules("parquet"))


def test_damaged_parquet_costs_its_rows_alone(bench: Bench) -> None:
    """The rows of a row group whose pages are broken are faults; the others are judged."""
    source = write_parquet(bench.path / "posts.parquet", texts(COUNT))
    content = bytearray(source.read_bytes())
    content[4:200] = b"\0" * 196
    source.write_bytes(content)

    summary = bench.sweep(source)

    assert (summary["rows"], summary["errors"]) == (COUNT, 37)
    assert min(one["row"] for one in bench.results()) >= 37


def test_two_sweeps_do_not_share_a_folder(bench: Bench) -> None:
    """While one is at work the other is refused."""
    source = write_jsonl(bench.path / "posts.jsonl", texts(COUNT))
    test = bench

    class Meddling(_EndsAfter):
        def touch(self) -> None:
            with pytest.raises(InvalidRequestBody, match="Another sweep"):
                test.sweep(source)

    assert bench.sweep(source, engine=Meddling(2, then_ends=False))["rows"] == COUNT


class _EndsAfter:
    """Does so many shards, then something happens."""

    def __init__(self, shards: int, *, then_ends: bool = True) -> None:
        self._left = shards
        self._ends = then_ends

    def touch(self) -> None:
        """Do what a test wants to happen."""

    def run(self, *given: object) -> Iterator[tuple[int, bytes]]:
        """Yield shards as they are done here."""
        for done in HereEngine().run(*given):  # type: ignore[arg-type]  # what every engine is given
            yield done
            self._left -= 1
            if self._left == 0:
                self.touch()
                if self._ends:
                    raise RuntimeError


def test_the_same_rows_in_other_formats_have_the_same_results(bench: Bench) -> None:
    """But for the file's name and lines."""
    found = []
    for format_, write in WRITERS.items():
        bench.sweep(write(bench.path / f"posts.{format_}", texts(50)), format_, every_row=True)
        found.append(without_place(bench.results(format_)))

    assert found[0] == found[1] == found[2]


def test_a_file_without_an_ending_is_read_as_is_said(bench: Bench, tmp_path: Path) -> None:
    """The format is named."""
    source = write_jsonl(tmp_path / "export", texts(5))

    assert bench.sweep(source, rules=PlanRules("jsonl"))["rows"] == 5
