"""Sweeps that callers start: as jobs, slice by slice, each row once, whoever is killed."""

from pathlib import Path
from typing import Any

import pytest

from quell.errors import InvalidRequestBody, QuellError
from quell.sweep.domain import Question
from quell.sweep.snapshot import Version
from quell.sweep.stored import KEPT_HITS
from tests.sweep.bench import texts, write_jsonl
from tests.sweep.stored import COUNT, HITS, Stored


def test_a_sweep_is_done_in_slices_and_each_row_once(stored: Stored) -> None:
    """The models are made once for all of them; in between other jobs can be done."""
    sweep = stored.start()
    worker, slices = stored.worker(slice_seconds=0.0), 0

    while worker.run_next():
        slices += 1

    found = stored.service.get(sweep.id)
    assert (found.status, found.rows, found.hit_rows, found.hits) == (
        "Succeeded",
        COUNT,
        len(HITS),
        len(HITS),
    )
    assert stored.hits(sweep) == HITS
    assert stored.rows == list(range(COUNT))
    assert found.counts == (("blocklist", "words", "", len(HITS)),)
    assert slices > 3


def test_what_is_asked_is_what_it_was_at_the_start(stored: Stored) -> None:
    """A list that changes before the work begins changes nothing."""
    sweep = stored.start()
    stored.lists.create("words", "tin")
    stored.worker().run_next()

    assert stored.hits(sweep) == HITS
    (version,) = stored.service.get(sweep.id).versions
    assert (version["kind"], version["name"], version["count"]) == ("blocklist", "words", 2)


def test_a_killed_worker_repeats_no_hit(stored: Stored) -> None:
    """The shard it was at is done again, as a whole, by the next one."""
    sweep = stored.start()

    def killed(row: int) -> None:
        if row == 250:
            raise KeyboardInterrupt

    stored.before = killed
    with pytest.raises(KeyboardInterrupt):
        stored.worker().run_next()
    stored.before = lambda _: None
    with stored.database.transaction() as tx:
        tx.execute("update job set leased_until = 0")
    stored.worker().run_next()

    assert stored.service.get(sweep.id).status == "Succeeded"
    assert stored.hits(sweep) == HITS
    assert stored.rows.count(249) == 2
    assert stored.rows.count(199) == 1


def test_a_deleted_sweep_stops(stored: Stored) -> None:
    """At the next shard, and nothing of it is left."""
    sweep = stored.start()
    stored.before = lambda row: stored.service.delete(sweep.id) if row == 150 else None

    stored.worker().run_next()

    assert max(stored.rows) < 200
    assert stored.service.list(0, 10).items == ()


def test_a_source_that_changes_fails_the_sweep(stored: Stored) -> None:
    """With the reason; what was found so far can be read."""
    sweep = stored.start()
    stored.before = lambda row: (
        write_jsonl(stored.path / "posts.jsonl", texts(9)) and None if row == 150 else None
    )

    stored.worker().run_next()

    found = stored.service.get(sweep.id)
    assert (found.status, found.error) == ("Failed", "The source changed while it was swept.")


def test_pictures_known_by_their_endings_are_copied_as_pictures(
    stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Incidents that stand for a category are in the snapshot then, though nobody said `images`."""
    taken: list[bool] = []

    def take(question: Question, path: Path, *, images: bool) -> tuple[Version, ...]:
        path.write_bytes(b"")
        taken.append(images)
        return ()

    monkeypatch.setattr(stored.service, "_take", take)
    for name in ("posters/a.png", "notes/a.csv"):
        (stored.path / name).parent.mkdir()
        (stored.path / name).write_bytes(b"x")
        stored.start(name.split("/")[0], question=Question(categories=("Hate",)))

    assert taken == [True, False]


def test_hits_beyond_those_that_are_kept_are_counted(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first ones are kept."""
    assert KEPT_HITS == 10_000
    monkeypatch.setattr("quell.sweep.store.KEPT_HITS", 60)
    monkeypatch.setattr("quell.sweep.task.KEPT_HITS", 60)
    sweep = stored.start()

    stored.worker().run_next()

    assert stored.service.get(sweep.id).hits == len(HITS)
    assert stored.hits(sweep) == HITS[:60]


@pytest.mark.parametrize(
    ("source", "options", "sentence"),
    [
        ("../data/quell.db", {}, "below the folder"),
        ("absent.jsonl", {}, "below the folder"),
        ("s3://bucket/posts", {}, "blob_stores"),
        ("posts.jsonl", {"question": Question()}, "Nothing is asked"),
        ("posts.jsonl", {"question": Question(blocklists=("absent",))}, "does not exist"),
        ("posts.jsonl", {"format_": "images"}, "cannot be asked of pictures"),
    ],
)
def test_what_cannot_be_swept_is_refused_at_once(
    stored: Stored, source: str, options: dict[str, Any], sentence: str
) -> None:
    """And no job waits for it."""
    with pytest.raises(QuellError, match=sentence):
        stored.start(source, **options)
    assert not stored.worker().run_next()


def test_a_source_that_is_no_input_fails_the_sweep(stored: Stored) -> None:
    """Which is found out when it is read."""
    (stored.path / "notes.txt").write_text("gold")
    sweep = stored.start("notes.txt")

    stored.worker().run_next()

    assert "known ending" in (stored.service.get(sweep.id).error or "")


def test_the_number_of_sweeps_is_bounded(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    """Old ones have to be deleted first."""
    monkeypatch.setattr("quell.sweep.service.MOST_SWEEPS", 2)
    first = stored.start()
    stored.start()
    with pytest.raises(InvalidRequestBody, match="delete old ones"):
        stored.start()

    stored.service.delete(first.id)

    assert stored.start().status == "NotStarted"
