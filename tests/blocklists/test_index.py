"""Freshness: what is written counts at the next question, in every process; what is not is kept."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from quell.blocklists.domain import ItemWrite, ListChange
from quell.blocklists.index import ListIndex
from quell.blocklists.matcher import AllowlistMatcher
from quell.blocklists.store import ListStore
from quell.blocklists.wording import BLOCKLIST
from quell.database.base import Database
from quell.database.opening import open_database
from quell.errors import ResourceNotFound
from quell.text.normalise import normalise
from tests.blocklists.lists import Lists, build_lists
from tests.databases import database_url
from tests.doubles import StepClock, sequence


@pytest.fixture
def other(tmp_path: Path, database: Database) -> Iterator[Lists]:
    """Return the same lists as another process sees them."""
    del database
    opened = open_database(tmp_path, database_url(tmp_path), durability="normal")
    yield build_lists(opened, "block", StepClock(), sequence("other"))
    opened.close()


def test_what_another_process_writes_counts_at_once(lists: Lists, other: Lists) -> None:
    """Add, remove, delete: each is seen by the next question."""
    lists.create("fruit", "plum")
    before = lists.found("plum pear", "fruit")
    (pear,) = other.service.write("fruit", [ItemWrite("pear")])
    added = lists.found("plum pear", "fruit")
    other.service.remove("fruit", [pear.id])
    removed = lists.found("plum pear", "fruit")
    other.service.delete("fruit")

    assert (before, added, removed) == (["plum"], ["plum", "pear"], ["plum"])
    with pytest.raises(ResourceNotFound):
        lists.hits("plum", "fruit")


def test_a_list_made_after_it_was_missed_is_found(lists: Lists, other: Lists) -> None:
    """That a name is unknown is not remembered."""
    with pytest.raises(ResourceNotFound):
        lists.hits("plum", "fruit")
    other.create("fruit", "plum")

    assert lists.found("plum", "fruit") == ["plum"]


def test_an_unchanged_list_is_compiled_once(lists: Lists) -> None:
    """A change of one list leaves the others as they are."""
    lists.create("fruit", "plum")
    lists.create("tea", "sencha")
    before = lists.index.named(["fruit", "tea"], "names")
    lists.service.write("tea", [ItemWrite("assam")])
    after = lists.index.named(["fruit", "tea"], "names")

    assert after[0] is before[0]
    assert after[1] is not before[1]


def test_pruned_changes_make_everything_be_read_again(
    lists: Lists, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who slept through the change table starts afresh."""
    lists.create("fruit", "plum")
    index = ListIndex(database, ListStore("block", sequence()), BLOCKLIST)
    first = index.one("fruit", "name")
    monkeypatch.setattr("quell.database.changes.record.__kwdefaults__", {"keep": 0})
    lists.service.write("fruit", [ItemWrite("pear")])
    lists.create("tea")

    assert index.one("fruit", "name") is not first
    assert index.one("fruit", "name") is index.one("fruit", "name")


def test_new_and_deleted_allow_lists_count_at_once(allowlists: Lists) -> None:
    """The names of all lists are as fresh as the lists."""
    matcher = AllowlistMatcher(allowlists.index)
    text = "kill the process"

    def spans() -> int:
        return len(matcher.allowed(text, normalise(text), ["Violence"])["Violence"])

    before = spans()
    allowlists.create("unix", text)
    made = spans()
    allowlists.service.put("unix", ListChange(categories=("Hate",)))
    moved = spans()
    allowlists.service.put("unix", ListChange(categories=("Violence",)))
    back = spans()
    allowlists.service.delete("unix")

    assert (before, made, moved, back, spans()) == (0, 1, 0, 1, 0)


def test_threads_see_whole_lists(lists: Lists) -> None:
    """Two items are always written together; nobody ever sees one of them alone."""
    lists.create("pair", "left1", "right1")

    def ask(_: int) -> bool:
        return len(lists.found("left1 right1 left2 right2", "pair")) in {2, 4}

    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(ask, number) for number in range(40)]
        lists.service.write("pair", [ItemWrite("left2"), ItemWrite("right2")])
        answers += [pool.submit(ask, number) for number in range(40)]

    assert all(answer.result() for answer in answers)
    assert len(lists.found("left1 right1 left2 right2", "pair")) == 4
