"""The rules for incidents and samples."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from quell.errors import InvalidRequestBody, ResourceNotFound, ServerBusy
from quell.incidents.domain import IncidentChange, Limits
from tests.house import House, build_house


@pytest.fixture
def small(tmp_path: Path) -> Iterator[House]:
    """Return a house that keeps two incidents of three samples."""
    built = build_house(tmp_path, limits=Limits(incidents=2, samples=3))
    yield built
    built.close()


def test_put_creates_and_then_changes(house: House) -> None:
    """The first PATCH of a name makes the incident, the second changes it."""
    first, created = house.incidents.put("a", IncidentChange(description="one", definition="two"))
    second, created_again = house.incidents.put("a", IncidentChange(description="three"))

    assert (created, created_again) == (True, False)
    assert (second.description, second.definition) == ("three", "two")
    assert (second.id, second.created) == (first.id, first.created)
    assert second.updated > first.updated
    assert house.incidents.get("a") == second


def test_none_removes_a_text(house: House) -> None:
    """A change to None removes the field, KEEP leaves it."""
    house.incidents.put("a", IncidentChange(description="one", definition="two", sensitivity=0.7))
    house.incidents.put("a", IncidentChange(definition=None))

    incident = house.incidents.get("a")
    assert (incident.description, incident.definition, incident.sensitivity) == ("one", None, 0.7)


def test_names_keep_their_case(house: House) -> None:
    """Two names that differ in case are two incidents."""
    house.create("Name")

    assert house.incidents.put("name", IncidentChange())[1]


def test_incidents_are_listed_newest_first(house: House) -> None:
    """A stretch of the list says whether more follows."""
    for name in ("a", "b", "c"):
        house.create(name)
    house.incidents.put("a", IncidentChange(description="changed"))

    first, rest = house.incidents.list(0, 2), house.incidents.list(2, 2)
    assert ([incident.name for incident in first.items], first.more) == (["c", "b"], True)
    assert ([incident.name for incident in rest.items], rest.more) == (["a"], False)


def test_samples_are_listed_newest_first(house: House) -> None:
    """The order is the reverse of adding, also within one call."""
    house.create("a", "one", "two")
    house.add("a", "three")

    found = house.incidents.list_samples("a", 0, 10)
    assert [sample.text for sample in found.items] == ["three", "two", "one"]
    assert [sample.text for sample in house.incidents.list_samples("a", 1, 1).items] == ["two"]


def test_the_same_text_twice_is_two_samples(house: House) -> None:
    """A duplicate gets an id of its own."""
    first, second = house.create("a", "one", "one")

    assert first.id != second.id
    assert house.incidents.get("a").samples == 2


def test_adding_and_removing_samples_changes_last_updated(house: House) -> None:
    """Both count as an update of the incident; nothing else about it changes."""
    house.create("a")
    created = house.incidents.get("a")
    (sample,) = house.add("a", "one")
    added = house.incidents.get("a")
    house.incidents.remove_samples("a", [sample.id])
    removed = house.incidents.get("a")

    assert created.updated < added.updated < removed.updated
    assert (removed.created, removed.samples) == (created.created, 0)


def test_removing_is_all_or_nothing(house: House) -> None:
    """One unknown id refuses the call, names its place and removes nothing."""
    one, two = house.create("a", "one", "two")

    with pytest.raises(ResourceNotFound) as caught:
        house.incidents.remove_samples("a", [one.id, "unknown", two.id])
    assert caught.value.target == "incidentSampleIds[1]"
    assert house.incidents.get("a").samples == 2


def test_removing_an_id_twice_in_one_call_removes_it_once(house: House) -> None:
    """A repeated id is not an unknown one."""
    one, _ = house.create("a", "one", "two")
    house.incidents.remove_samples("a", [one.id, one.id])

    assert house.incidents.get("a").samples == 1


def test_a_sample_of_another_incident_is_unknown(house: House) -> None:
    """Ids are looked for in the named incident only."""
    (sample,) = house.create("a", "one")
    house.create("b", "two")

    with pytest.raises(ResourceNotFound):
        house.incidents.get_sample("b", sample.id)
    with pytest.raises(ResourceNotFound):
        house.incidents.remove_samples("b", [sample.id])


def test_deleting_takes_everything_along(house: House) -> None:
    """A name that is used again starts without samples."""
    (sample,) = house.create("a", "one")
    house.incidents.delete("a")
    house.create("a")

    assert house.incidents.get("a").samples == 0
    with pytest.raises(ResourceNotFound):
        house.incidents.get_sample("a", sample.id)


def test_deleting_the_absent_is_fine(house: House) -> None:
    """DELETE says what is to be, not what was."""
    house.incidents.delete("never-made")


@pytest.mark.parametrize("call", ["get", "samples", "add", "remove", "change", "check_room"])
def test_what_needs_an_incident_refuses_without_one(house: House, call: str) -> None:
    """Every call that works on an incident names the one that is missing."""
    calls = {
        "get": lambda: house.incidents.get("absent"),
        "samples": lambda: house.incidents.list_samples("absent", 0, 1),
        "add": lambda: house.add("absent", "one"),
        "remove": lambda: house.incidents.remove_samples("absent", ["id"]),
        "change": lambda: house.incidents.change("absent", IncidentChange(sensitivity=0.1)),
        "check_room": lambda: house.incidents.check_room("absent", 1),
    }

    with pytest.raises(ResourceNotFound, match="'absent' does not exist"):
        calls[call]()


def test_incidents_are_limited(small: House) -> None:
    """The limit itself is reached, the next is refused, and a deletion makes room."""
    small.create("a")
    small.create("b")

    with pytest.raises(InvalidRequestBody, match="limit of 2 incidents"):
        small.create("c")
    small.incidents.put("a", IncidentChange(description="changing is not creating"))
    small.incidents.delete("b")
    small.create("c")


def test_samples_are_limited(small: House) -> None:
    """The limit itself is reached, one more is refused and adds nothing."""
    small.create("a", "one", "two")

    with pytest.raises(InvalidRequestBody, match="'a' has 2, 2 more were sent"):
        small.add("a", "three", "four")
    assert small.incidents.get("a").samples == 2
    small.add("a", "three")
    with pytest.raises(InvalidRequestBody):
        small.incidents.check_room("a", 1)


def test_limits_are_checked_again_after_encoding(small: House) -> None:
    """A call that fitted when it was checked is refused when another one was quicker."""
    small.create("a", "one")
    small.incidents.check_room("a", 2)
    small.add("a", "quicker", "quickest")

    with pytest.raises(InvalidRequestBody):
        small.add("a", "late", "later")


def test_a_failed_write_leaves_no_trace(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full in the middle of adding, neither samples nor times nor changes are kept."""
    house.create("a", "one")
    before = house.incidents.get("a")

    def fail(*_: object) -> None:
        raise ServerBusy

    monkeypatch.setattr("quell.incidents.rows.TextRows.keep_reading", fail)
    with pytest.raises(ServerBusy):
        house.add("a", "two")
    assert house.incidents.get("a") == before
