"""Fitted incidents in memory, as fresh as the database."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from quell.database import changes
from quell.encoders.routing import EncoderSet
from quell.errors import ResourceNotFound
from quell.incidents.domain import IncidentChange
from quell.incidents.fitting import TextFitting
from quell.incidents.matcher import FittedIncident
from tests.doubles import TinyEncoder
from tests.house import House, build_house

TEXT = "front row seats pay by gift card only"


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[House, House]]:
    """Return two processes' worth of everything over one data folder."""
    one, two = build_house(tmp_path), build_house(tmp_path)
    yield one, two
    one.close()
    two.close()


def fitted(house: House, *names: str) -> list[FittedIncident]:
    """Return fitted incidents for an ordinary text."""
    return house.index.ask(names, house.reader.text(TEXT), "incidentNames", lambda incident: incident)


def test_another_process_sees_every_kind_of_change_at_its_next_request(pair: tuple[House, House]) -> None:
    """Samples added or removed, a sensitivity, a deletion and a new start count at once everywhere."""
    writer, reader = pair
    writer.create("scam")
    seen = [reader.hits(TEXT, "scam")]
    (sample,) = writer.add("scam", TEXT)
    seen.append(reader.hits(TEXT, "scam"))
    writer.incidents.remove_samples("scam", [sample.id])
    seen.append(reader.hits(TEXT, "scam"))
    writer.add("scam", TEXT)
    writer.incidents.delete("scam")
    with pytest.raises(ResourceNotFound):
        reader.hits(TEXT, "scam")
    writer.create("scam", TEXT)
    seen.append(reader.hits(TEXT, "scam"))
    writer.incidents.put("scam", IncidentChange(sensitivity=0.25))

    assert seen == [[], ["scam"], [], ["scam"]]
    assert fitted(reader, "scam")[0].threshold == 0.75


def test_a_process_sees_its_own_changes_at_once(house: House) -> None:
    """The process that wrote does not answer from memory what it has just changed."""
    house.create("scam", "simmer the lentils")
    before = house.hits(TEXT, "scam")
    house.add("scam", TEXT)

    assert (before, house.hits(TEXT, "scam")) == ([], ["scam"])


def test_an_incident_is_fitted_once_while_nothing_changes(house: House) -> None:
    """The second request gets the same fitted incident."""
    house.create("scam", TEXT)

    assert fitted(house, "scam")[0] is fitted(house, "scam")[0]


def test_a_change_to_one_incident_leaves_the_others_in_memory(house: House) -> None:
    """Only what a change names is read again."""
    house.create("one", TEXT)
    house.create("two", TEXT)
    before = fitted(house, "one", "two")
    house.add("two", "another sample")
    after = fitted(house, "one", "two")

    assert after[0] is before[0]
    assert after[1] is not before[1]


def test_who_slept_too_long_reads_everything_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the changes a process has missed are pruned, it forgets all it knows."""
    house.create("one", TEXT)
    house.create("two", TEXT)
    assert house.hits(TEXT, "one", "two") == ["one", "two"]
    prune_all = changes.record

    def record(tx: object, kind: str, key: str) -> int:
        return prune_all(tx, kind, key, keep=1)  # type: ignore[arg-type]

    monkeypatch.setattr(changes, "record", record)
    house.incidents.delete("one")
    house.create("one")
    house.create("three")

    assert house.hits(TEXT, "one", "two") == ["two"]


def test_an_unknown_name_is_refused_with_its_place(house: House) -> None:
    """The error says which entry of the request's list is unknown."""
    house.create("known", TEXT)

    with pytest.raises(ResourceNotFound, match="'unknown' does not exist") as caught:
        house.detection.detect(TEXT, ["known", "known", "unknown"], "incidents.incidentNames")
    assert caught.value.target == "incidents.incidentNames[2]"


def test_unknown_names_leave_nothing_in_memory(house: House) -> None:
    """Asking for names that do not exist does not fill the memory."""
    for number in range(5):
        with pytest.raises(ResourceNotFound):
            fitted(house, f"unknown-{number}")

    assert house.index.held._slots == {}


def test_encoders_are_loaded_when_they_are_needed(tmp_path: Path) -> None:
    """The vectors of an encoder stay on disk until a text is read by it; then both stay in memory."""
    encoders = EncoderSet(
        TinyEncoder("general"),
        {"en": TinyEncoder("english")},
        lambda text: text[:2] if text[:2] == "en" else "und",
    )
    house = build_house(tmp_path, encoders=encoders)
    house.create("scam", f"en {TEXT}")

    def loaded(text: str) -> set[str]:
        return set(*house.index.ask(["scam"], house.reader.text(text), "names", lambda one: one.blocks))

    assert [loaded("en one"), loaded("hi two"), loaded("en three")] == [
        {"english"},
        {"english", "general"},
        {"english", "general"},
    ]
    house.close()


def test_samples_of_another_encoder_are_read_again(tmp_path: Path) -> None:
    """When the server starts with another encoder, stored samples are read again before they are asked."""
    old = build_house(tmp_path)
    old.create("scam", TEXT)
    old.close()
    encoder = TinyEncoder(revision="2")
    new = build_house(tmp_path, encoders=EncoderSet(encoder))

    assert new.explain(f"{TEXT} today", "scam").hit
    assert encoder.encoded.count(TEXT) == 1
    assert new.index.prepare() == 0
    new.close()


def test_preparing_reads_all_outdated_samples_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Preparation goes through every incident, in small transactions, and has nothing to do the next time."""
    monkeypatch.setattr(TextFitting, "batch", 2)
    old = build_house(tmp_path)
    old.create("one", "a", "b", "c")
    old.create("two", "d", "e")
    old.close()
    new = build_house(tmp_path, encoders=EncoderSet(TinyEncoder(revision="2")))

    assert (new.index.prepare(), new.index.prepare()) == (5, 0)
    new.close()


def test_a_sample_removed_while_it_was_read_again_stays_removed(house: House) -> None:
    """What was read anew is stored only for samples that are still there."""
    kept, gone = house.create("scam", TEXT, "simmer the lentils")
    house.incidents.remove_samples("scam", [gone.id])
    with house.database.transaction() as tx:
        house.store.reread(
            tx, [(gone, house.reader.sample(gone.text)), (kept, house.reader.sample(kept.text))]
        )

    assert house.incidents.list_samples("scam", 0, 10).items == (kept,)
    assert house.hits(TEXT, "scam") == ["scam"]


def test_nothing_is_encoded_while_a_transaction_is_open(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An outdated sample is read outside any transaction, so that no other writer has to wait."""
    house.create("scam", TEXT)
    with house.database.transaction() as tx:
        tx.execute("update incident_sample set reading = 'older'")
    read, free = house.reader.sample, []

    def watch(text: str, target: str = "text") -> object:
        with house.database.transaction():
            free.append(True)
        return read(text, target)

    monkeypatch.setattr(house.reader, "sample", watch)
    assert house.hits(TEXT, "scam") == ["scam"]
    assert free == [True]


def test_deployment_decides_where_it_is_required(tmp_path: Path) -> None:
    """With require_deploy only samples of the last successful deployment count; removal counts at once."""
    house = build_house(tmp_path, require_deploy=True)
    other = "simmer the lentils with cumin"
    (sample,) = house.create("scam", TEXT)
    seen = [house.hits(TEXT, "scam")]
    house.deployment.deploy("scam", None)
    seen.append(house.hits(TEXT, "scam"))
    house.add("scam", other)
    seen.append(house.hits(other, "scam"))
    house.deployment.deploy("scam", None)
    seen.append(house.hits(other, "scam"))
    house.incidents.remove_samples("scam", [sample.id])
    seen.append(house.hits(TEXT, "scam"))

    assert seen == [[], ["scam"], [], ["scam"], []]
    house.close()


def run_all(*calls: Callable[[], object]) -> None:
    """Run calls at the same time, each in a thread."""
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_readers_never_see_half_of_a_change(house: House) -> None:
    """While a thread replaces both samples, transaction after transaction, readers see one state each."""
    house.create("scam", "state 0 left", "state 0 right")
    done, torn = threading.Event(), []

    def write() -> None:
        for number in range(1, 60):
            old = [sample.id for sample in house.incidents.list_samples("scam", 0, 10).items]
            read = [house.reader.sample(f"state {number} {side}") for side in ("left", "right")]
            with house.database.transaction() as tx:
                incident = house.store.get(tx, "scam")
                assert incident is not None
                house.store.remove_samples(tx, incident, old, number)
                house.store.add_samples(tx, incident, read, number)
        done.set()

    def watch() -> None:
        last = 0
        while not done.is_set():
            entry = fitted(house, "scam")[0]
            states = {int(sample.text.split()[1]) for sample in entry.samples.values()}
            if len(states) != 1 or len(entry.samples) != 2 or max(states) < last:
                torn.append(states)
            last = max(states)

    run_all(write, watch, watch, watch)
    assert torn == []
    assert {sample.text for sample in fitted(house, "scam")[0].samples.values()} == {
        "state 59 left",
        "state 59 right",
    }


def test_many_requests_at_once_load_an_incident_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first request loads, the others wait for it and get the same."""
    house.create("scam", TEXT)
    load, loads = house.index._load, []

    def counted(*arguments: object) -> FittedIncident | None:
        loads.append(arguments)
        time.sleep(0.05)
        return load(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(house.index, "_load", counted)
    run_all(*(lambda: fitted(house, "scam") for _ in range(8)))

    assert len(loads) == 1


def test_a_load_that_a_change_overtook_is_not_kept(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that was loading when a change came keeps its result to itself; the next request loads."""
    house.create("scam", "simmer the lentils")
    loading, go_on = threading.Event(), threading.Event()
    load = house.index._load

    def slow(*arguments: object) -> FittedIncident | None:
        found = load(*arguments)  # type: ignore[arg-type]
        loading.set()
        go_on.wait(10)
        return found

    monkeypatch.setattr(house.index, "_load", slow)
    first = threading.Thread(target=fitted, args=(house, "scam"))
    first.start()
    loading.wait(10)
    monkeypatch.setattr(house.index, "_load", load)
    house.add("scam", TEXT)
    while_loading = house.hits(TEXT, "scam")
    go_on.set()
    first.join()

    assert (while_loading, house.hits(TEXT, "scam")) == (["scam"], ["scam"])
