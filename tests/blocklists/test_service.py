"""Lists and items: create, change, limits on both sides, duplicates, all or none."""

import pytest

from quell.blocklists.domain import KEEP, Item, ItemWrite, ListChange
from quell.errors import InvalidRequestBody, QuellError, ResourceNotFound
from tests.blocklists.lists import Lists


def refusal(call: object, *args: object) -> tuple[type[QuellError], str | None]:
    """Return what a call is refused with, and its target."""
    with pytest.raises(QuellError) as refused:
        call(*args)  # type: ignore[operator]
    return type(refused.value), refused.value.target


def stored(lists: Lists, name: str) -> list[Item]:
    """Return the items of a list, newest first."""
    return list(lists.service.list_items(name, 0, 100).items)


def test_a_list_is_created_then_changed(lists: Lists) -> None:
    """The second call changes what it names and keeps the rest."""
    first, created = lists.service.put("brands", ListChange(description="names"))
    second, again = lists.service.put("brands", ListChange())

    assert (created, again) == (True, False)
    assert (second.id, second.description) == (first.id, "names")
    assert second.updated > first.updated


def test_a_description_is_removed_by_none(lists: Lists) -> None:
    """None removes, KEEP keeps."""
    lists.service.put("brands", ListChange(description="names"))

    assert lists.service.put("brands", ListChange(description=None))[0].description is None


def test_lists_are_newest_first(lists: Lists) -> None:
    """And tell whether more follow."""
    for name in ("one", "two", "three"):
        lists.create(name)
    found = lists.service.list(0, 2)

    assert ([one.name for one in found.items], found.more) == (["three", "two"], True)


def test_a_deleted_list_takes_its_items_along(lists: Lists) -> None:
    """The name starts anew; deleting what is absent is fine."""
    lists.create("brands", "acme")
    lists.service.delete("brands")
    lists.service.delete("brands")
    lists.create("brands")

    assert stored(lists, "brands") == []


def test_items_come_back_in_the_order_sent_and_are_listed_newest_first(lists: Lists) -> None:
    """The answer of a call follows the call."""
    written = lists.create("fruit", "plum", "pear", "fig")

    assert [item.text for item in written] == ["plum", "pear", "fig"]
    assert [item.text for item in stored(lists, "fruit")] == ["fig", "pear", "plum"]


def test_the_same_text_without_id_updates_the_item(lists: Lists) -> None:
    """What is absent is kept: the description, and whether it is a pattern."""
    lists.service.put("fruit", ListChange())
    (first,) = lists.service.write("fruit", [ItemWrite("pl.m", is_regex=True, description="sweet")])
    (second,) = lists.service.write("fruit", [ItemWrite("pl.m")])

    assert second == first
    assert stored(lists, "fruit") == [first]


def test_the_same_text_twice_in_one_call_is_one_item(lists: Lists) -> None:
    """Both entries of the answer name it, the later write counts."""
    lists.service.put("fruit", ListChange())
    first, second = lists.service.write(
        "fruit", [ItemWrite("plum", description="a"), ItemWrite("plum", description="b")]
    )

    assert first.id == second.id
    assert [item.description for item in stored(lists, "fruit")] == ["b"]


def test_an_id_selects_the_item_to_update(lists: Lists) -> None:
    """Its text changes, its place in the list does not."""
    plum, _ = lists.create("fruit", "plum", "pear")
    (changed,) = lists.service.write("fruit", [ItemWrite("prune", plum.id, is_regex=KEEP)])

    assert (changed.id, changed.text) == (plum.id, "prune")
    assert [item.text for item in stored(lists, "fruit")] == ["pear", "prune"]


def test_a_pattern_becomes_a_term_and_back(lists: Lists) -> None:
    """`is_regex` decides how an item is looked for, at once."""
    (item,) = lists.create("fruit", "pl.m")
    before = lists.found("plum", "fruit")
    lists.service.write("fruit", [ItemWrite("pl.m", item.id, is_regex=True)])
    between = lists.found("plum", "fruit")
    lists.service.write("fruit", [ItemWrite("pl.m", item.id, is_regex=False)])

    assert (before, between, lists.found("plum", "fruit")) == ([], ["pl.m"], [])


def test_a_new_text_of_a_pattern_must_be_a_pattern(lists: Lists) -> None:
    """Also when the client does not say that it is one."""
    (item,) = lists.create("fruit", regexes=["pl.m"])

    assert refusal(lists.service.write, "fruit", [ItemWrite("(", item.id)]) == (
        InvalidRequestBody,
        "blocklistItems[0].text",
    )


def test_an_unknown_id_is_refused_and_nothing_changed(lists: Lists) -> None:
    """All or none: the item before it is not there either."""
    lists.create("fruit")
    writes = [ItemWrite("plum"), ItemWrite("pear", "absent")]

    assert refusal(lists.service.write, "fruit", writes) == (
        ResourceNotFound,
        "blocklistItems[1].blocklistItemId",
    )
    assert stored(lists, "fruit") == []


def test_an_item_cannot_take_the_text_of_another(lists: Lists) -> None:
    """Two items of a list have two texts."""
    plum, _ = lists.create("fruit", "plum", "pear")

    assert refusal(lists.service.write, "fruit", [ItemWrite("pear", plum.id)]) == (
        InvalidRequestBody,
        "blocklistItems[0].text",
    )


@pytest.mark.parametrize("text", [" ", "\n\t", "\u3000"])
def test_a_blank_item_is_refused(lists: Lists, text: str) -> None:
    """It would stand in every text."""
    lists.create("fruit")

    assert refusal(lists.service.write, "fruit", [ItemWrite("plum"), ItemWrite(text)]) == (
        InvalidRequestBody,
        "blocklistItems[1].text",
    )


def test_half_a_surrogate_pair_is_refused(lists: Lists) -> None:
    """It cannot be stored."""
    lists.create("fruit")

    assert refusal(lists.service.write, "fruit", [ItemWrite("pl\ud800m")]) == (
        InvalidRequestBody,
        "blocklistItems[0].text",
    )


def test_removal_is_all_or_none(lists: Lists) -> None:
    """An unknown id leaves every item where it was; an id given twice counts once."""
    plum, pear = lists.create("fruit", "plum", "pear")

    assert refusal(lists.service.remove, "fruit", [plum.id, "absent"]) == (
        ResourceNotFound,
        "blocklistItemIds[1]",
    )
    assert len(stored(lists, "fruit")) == 2
    lists.service.remove("fruit", [plum.id, plum.id])
    assert stored(lists, "fruit") == [pear]


def test_an_item_of_another_list_is_unknown(lists: Lists) -> None:
    """Ids are looked up in the list that the URL names."""
    (plum,) = lists.create("fruit", "plum")
    lists.create("other")

    assert refusal(lists.service.get_item, "other", plum.id) == (ResourceNotFound, "blocklistItemId")
    assert refusal(lists.service.remove, "other", [plum.id]) == (ResourceNotFound, "blocklistItemIds[0]")


@pytest.mark.parametrize("method", ["get", "list_items", "write", "remove"])
def test_an_absent_list_is_refused(lists: Lists, method: str) -> None:
    """Everything but creating and deleting needs a list."""
    args = {"get": (), "list_items": (0, 1), "write": ([ItemWrite("plum")],), "remove": (["x"],)}[method]

    assert refusal(getattr(lists.service, method), "absent", *args) == (ResourceNotFound, "blocklistName")


def test_lists_up_to_the_limit(small: Lists) -> None:
    """Two fit, a third does not, a change always does."""
    small.create("one")
    small.create("two")

    assert refusal(small.service.put, "three", ListChange()) == (InvalidRequestBody, "blocklistName")
    assert small.service.put("one", ListChange())[1] is False


def test_items_up_to_the_limit_over_all_lists(small: Lists) -> None:
    """Five fit in both lists together; updates are not counted again."""
    small.create("one", "a", "b", "c")
    small.create("two", "a", "b")

    assert refusal(small.service.write, "two", [ItemWrite("c")]) == (InvalidRequestBody, "blocklistItems")
    assert len(small.service.write("two", [ItemWrite("a"), ItemWrite("b")])) == 2


def test_patterns_up_to_the_limit_of_a_list(small: Lists) -> None:
    """Two patterns fit in one list, whatever the other holds."""
    small.create("one", regexes=["a.", "b."])
    small.create("two", regexes=["a."])

    assert refusal(small.service.write, "one", [ItemWrite("c.", is_regex=True)]) == (
        InvalidRequestBody,
        "blocklistItems",
    )


def test_patterns_of_a_list_are_bounded_together(small: Lists) -> None:
    """Each is small enough, both together are not; without the first there is room."""
    (first,) = small.create("one", regexes=["a{120}"])
    second = [ItemWrite("b{120}", is_regex=True)]

    assert refusal(small.service.write, "one", second) == (InvalidRequestBody, "blocklistItems")
    small.service.remove("one", [first.id])
    assert len(small.service.write("one", second)) == 1


def test_an_allow_list_needs_categories(allowlists: Lists) -> None:
    """Once it has some, a change may leave them out."""
    assert refusal(allowlists.service.put, "unix", ListChange()) == (InvalidRequestBody, "categories")
    allowlists.service.put("unix", ListChange(categories=("Violence", "Hate"), window=3))
    assert allowlists.service.put("unix", ListChange(description="x"))[0].categories == ("Violence", "Hate")
    assert allowlists.service.get("unix").window == 3


def test_blocklists_and_allow_lists_are_counted_apart(lists: Lists, allowlists: Lists) -> None:
    """The same name can stand for one of each."""
    lists.create("unix", "kill")
    allowlists.create("unix", "kill the process")
    lists.service.delete("unix")

    assert [item.text for item in stored(allowlists, "unix")] == ["kill the process"]
