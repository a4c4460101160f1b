"""Import: all or nothing, within the limits, beside what is there or in place of it."""

import pytest

from quell.blocklists.domain import ItemWrite
from quell.errors import InvalidRequestBody, ResourceNotFound
from tests.blocklists.lists import Lists


def rows(*texts: str) -> list[ItemWrite]:
    """Return the rows of a file."""
    return [ItemWrite(text, is_regex=False, description=None) for text in texts]


def exported(lists: Lists, name: str) -> list[str]:
    """Return the texts of a list, oldest first."""
    return [item.text for item in lists.transfer.export(name)]


def test_an_import_makes_the_list(lists: Lists) -> None:
    """And says what it has done."""
    done = lists.transfer.bring_in("fruit", rows("plum", "pear", "plum"), replace=False)

    assert (done.created, done.added, done.updated, done.items) == (True, 2, 0, 2)
    assert exported(lists, "fruit") == ["plum", "pear"]


def test_an_import_adds_to_the_list(lists: Lists) -> None:
    """Items that are there stay, with their ids."""
    (plum,) = lists.create("fruit", "plum")
    done = lists.transfer.bring_in("fruit", rows("plum", "pear"), replace=False)

    assert (done.created, done.added, done.updated, done.items) == (False, 1, 1, 2)
    assert lists.transfer.export("fruit")[0].id == plum.id


def test_an_import_of_texts_leaves_patterns_patterns(lists: Lists) -> None:
    """And goes on finding what they found."""
    lists.create("models", regexes=[r"replica\d"])

    lists.transfer.bring_in("models", [ItemWrite(r"replica\d")], replace=False)

    assert lists.found("replica7", "models") == [r"replica\d"]


def test_an_import_replaces_the_items(lists: Lists) -> None:
    """What the file does not hold is gone."""
    lists.create("fruit", "plum", "fig")
    lists.transfer.bring_in("fruit", rows("plum", "pear"), replace=True)

    assert exported(lists, "fruit") == ["plum", "pear"]
    assert lists.found("fig plum", "fruit") == ["plum"]


def test_an_empty_file_replaces_nothing(lists: Lists) -> None:
    """An upload that went wrong must not take a block away; without replace it is harmless."""
    lists.create("fruit", "plum")

    with pytest.raises(InvalidRequestBody):
        lists.transfer.bring_in("fruit", [], replace=True)
    lists.transfer.bring_in("fruit", [], replace=False)

    assert exported(lists, "fruit") == ["plum"]


def test_a_fault_leaves_everything_as_it_was(lists: Lists) -> None:
    """Also with replace, and also when the list would have been new."""
    lists.create("fruit", "plum")
    bad = [*rows("pear"), ItemWrite("(", is_regex=True)]

    for name in ("fruit", "new"):
        with pytest.raises(InvalidRequestBody) as refused:
            lists.transfer.bring_in(name, bad, replace=True)
        assert refused.value.target == "blocklistItems[1].text"
    assert exported(lists, "fruit") == ["plum"]
    with pytest.raises(ResourceNotFound):
        lists.transfer.export("new")


def test_an_import_up_to_the_limit(small: Lists) -> None:
    """Five items fit, six do not, and a replaced list makes room."""
    small.transfer.bring_in("fruit", rows(*"abcde"), replace=False)
    small.transfer.bring_in("fruit", rows(*"fghij"), replace=True)

    with pytest.raises(InvalidRequestBody):
        small.transfer.bring_in("fruit", rows("k"), replace=False)
    assert exported(small, "fruit") == list("fghij")


def test_an_endless_file_is_not_read_to_its_end(small: Lists) -> None:
    """Reading stops at the limit."""
    read: list[int] = []

    def endless() -> object:
        for number in range(1_000_000):
            read.append(number)
            yield ItemWrite(f"item {number}")

    with pytest.raises(InvalidRequestBody):
        small.transfer.bring_in("fruit", endless(), replace=False)  # type: ignore[arg-type]
    assert len(read) == 6


def test_an_import_makes_no_third_list(small: Lists) -> None:
    """The limit of lists counts here, too."""
    small.create("one")
    small.create("two")

    with pytest.raises(InvalidRequestBody):
        small.transfer.bring_in("three", rows("a"), replace=False)


def test_an_import_makes_no_allow_list(allowlists: Lists) -> None:
    """A file does not say whose verdict is lifted."""
    with pytest.raises(ResourceNotFound):
        allowlists.transfer.bring_in("unix", rows("kill the process"), replace=False)
