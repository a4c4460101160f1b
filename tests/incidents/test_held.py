"""Incidents within a bound of memory: the same verdicts as without one, and hardly more than the bound."""

import gc
import os
import random
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from quell.errors import ResourceNotFound
from quell.incidents.domain import Embedding, IncidentChange, ReadSample, TextSample
from quell.incidents.fitting import fit_samples
from quell.incidents.image_fitting import fit_pictures
from quell.incidents.index import IncidentIndex
from quell.incidents.matcher import FittedIncident
from quell.pictures.decoding import decode_here
from quell.pictures.domain import Limits, Picture
from tests.doubles import TinyEncoder, tiny_background
from tests.house import House, build_house
from tests.incidents.pictures import file_of
from tests.incidents.wire import call

NIGHTLY = bool(os.environ.get("QUELL_NIGHTLY"))
NAMES = ("one", "two", "three", "four", "five")
TEXTS = tuple(
    f"{first} {second}" for first in ("seats", "lentils", "tickets") for second in ("by gift card", "today")
)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[House, House]]:
    """Return two processes' worth over one data folder; the second holds a single incident of each medium."""
    free, tight = build_house(tmp_path), build_house(tmp_path, bound=1)
    yield free, tight
    free.close()
    tight.close()


def outcome(ask: Callable[..., object], content: object, names: list[str]) -> object:
    """Return the verdicts, or how they were refused."""
    try:
        return ask(content, names, "names")
    except ResourceNotFound as error:
        return error.message, error.target


def change(dice: random.Random, house: House, name: str) -> None:
    """Change a text incident in one of the ways there are."""
    match dice.choices(range(4), (1, 3, 3, 6))[0]:
        case 0:
            house.incidents.delete(name)
        case 1:
            house.create(name, sensitivity=dice.choice((0.2, 0.5, 0.9)))
        case 2:
            known = house.create(name, dice.choice(TEXTS))
            house.incidents.remove_samples(name, [known[0].id])
        case _:
            house.create(name, *dice.sample(TEXTS, 2))


@pytest.mark.parametrize("seed", range(1_000 if NIGHTLY else 10))
def test_a_bound_changes_no_verdict_on_texts(pair: tuple[House, House], seed: int) -> None:
    """Random questions between random changes by either process: verdicts and refusals are the same."""
    dice, (free, tight) = random.Random(seed), pair
    for name in NAMES:
        free.create(name, dice.choice(TEXTS))
    for _ in range(25):
        change(dice, dice.choice(pair), dice.choice(NAMES))
        names = dice.choices(NAMES, k=dice.randint(1, 7))
        text = f"{dice.choice(TEXTS)} and more"
        kind = dice.choice(("detect", "explain"))
        asked = [outcome(getattr(house.detection, kind), text, names) for house in (tight, free)]

        assert asked[0] == asked[1], (seed, names)
        assert tight.index.held.count <= 1
    assert tight.index.held.evictions > free.index.held.evictions == 0


def decoded(content: bytes) -> Picture:
    """Decode a file."""
    return decode_here(content, Limits(), "image.content")


@pytest.mark.parametrize("seed", range(20 if NIGHTLY else 1))
def test_a_bound_changes_no_verdict_on_images(pair: tuple[House, House], seed: int) -> None:
    """Random questions between random changes by either process: verdicts and refusals are the same."""
    dice, (free, tight) = random.Random(seed), pair
    files = [file_of(number) for number in range(4)]
    read = [free.images.reader.sample(content, decoded(content)) for content in files]
    for _ in range(12):
        house, name = dice.choice(pair), dice.choice(NAMES[:3])
        if dice.random() < 0.25:
            house.images.service.delete(name)
        else:
            house.images.service.put(name, IncidentChange())
            house.images.service.add_samples(name, dice.sample(read, 2))
        picture, names = decoded(dice.choice(files)), dice.choices(NAMES[:3], k=dice.randint(1, 4))
        kind = dice.choice(("detect", "explain"))
        asked = [outcome(getattr(one.images.detection, kind), picture, names) for one in (tight, free)]

        assert asked[0] == asked[1], (seed, names)
        assert tight.images.index.held.count <= 1
    assert tight.images.index.held.loads > free.images.index.held.loads


def test_a_request_that_names_more_than_fits_has_them_one_by_one(tmp_path: Path) -> None:
    """While it is answered, no more fitted incidents live than fit and one."""
    house = build_house(tmp_path)
    for name in NAMES:
        house.create(name, *TEXTS)
    house.hits("seats", *NAMES)
    house.index.held.bound = house.index.held.bytes * 2 // len(NAMES) + 1
    house.create("one")
    living = []

    def count(incident: FittedIncident) -> str:
        found = (one for one in gc.get_objects() if isinstance(one, FittedIncident))
        living.append(sum(one.name in NAMES for one in found))
        return incident.name

    gc.collect()
    house.hits("seats", "one", "two")
    asked = house.index.ask(NAMES, house.reader.text("seats"), "names", count)
    house.close()

    assert tuple(asked) == NAMES
    assert max(living) <= 3
    assert house.index.held.bytes <= house.index.held.bound


def test_what_was_asked_about_least_recently_is_let_go(tmp_path: Path) -> None:
    """Of three where two fit, the one that was not asked about again goes."""
    house = build_house(tmp_path)
    for name in NAMES[:3]:
        house.create(name, *TEXTS)
    house.hits("seats", "one")
    house.index.held.bound = house.index.held.bytes * 5 // 2
    for name in ("two", "one", "three"):
        house.hits("seats", name)
    held = [name for name in NAMES[:3] if name not in house.index.held.absent(NAMES)]
    house.close()

    assert held == ["one", "three"]


def test_one_incident_too_many_costs_one_load_and_not_all(tmp_path: Path) -> None:
    """Those in memory are asked before the others are loaded."""
    house = build_house(tmp_path)
    for name in NAMES:
        house.create(name, *TEXTS)
    house.hits("seats", *NAMES)
    house.index.held.bound = house.index.held.bytes * 9 // 10
    house.hits("seats", *NAMES)
    house.create("one")
    loads = []
    for _ in range(4):
        before = house.index.held.loads
        house.hits("seats", *NAMES)
        loads.append(house.index.held.loads - before)
    house.close()

    assert loads == [1, 1, 1, 1]


def test_many_threads_within_a_bound_agree_with_one_without(pair: tuple[House, House]) -> None:
    """Threads ask while another one changes an incident; those that stay are judged the same all along."""
    free, tight = pair
    for name in NAMES:
        free.create(name, *TEXTS[:2])
    text, stay = f"{TEXTS[0]} today", NAMES[:4]
    expected, wrong, done = free.detection.detect(text, stay, "names"), [], threading.Event()

    def ask(seed: int) -> None:
        dice = random.Random(seed)
        while not done.is_set():
            names = dice.sample(NAMES, 3)
            found = {one.incident: one for one in tight.detection.detect(text, names, "names")}
            wrong.extend(one for one in expected if found.get(one.incident, one) != one)

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for number in range(20):
        free.add("five", f"state {number}")
        tight.hits(text, "five")
    done.set()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert tight.detection.detect(text, NAMES, "names") == free.detection.detect(text, NAMES, "names")
    sizes = [slot.size for slot in tight.index.held._slots.values()]
    assert tight.index.held.bytes == sum(sizes)
    assert len(sizes) == 1


def paused(index: IncidentIndex, monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:  # type: ignore[type-arg]  # of either medium
    """Let the next load stop when it has read everything; return what says so and what lets it go on."""
    reached, go_on, load = threading.Event(), threading.Event(), index._load

    def slow(*arguments: object) -> object:
        monkeypatch.setattr(index, "_load", load)
        found = load(*arguments)  # type: ignore[arg-type]
        reached.set()
        go_on.wait(20)
        return found

    monkeypatch.setattr(index, "_load", slow)
    return reached, go_on


def test_an_incident_deleted_while_it_loads_is_not_held(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its load ends for those who asked before; who asks later is refused, and its bytes count nowhere."""
    house.create("one", *TEXTS)
    reached, go_on = paused(house.index, monkeypatch)
    asking = threading.Thread(target=house.hits, args=("seats", "one"))
    asking.start()
    reached.wait(20)
    house.incidents.delete("one")
    with pytest.raises(ResourceNotFound):
        house.hits("seats", "one")
    go_on.set()
    asking.join()
    with pytest.raises(ResourceNotFound):
        house.hits("seats", "one")

    assert (house.index.held.count, house.index.held.bytes) == (0, 0)


def test_other_requests_are_answered_while_an_incident_loads(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A load keeps a worker busy, and not the loop that takes requests."""
    house.create("one", *TEXTS)
    reached, go_on = paused(house.index, monkeypatch)
    body = {"text": "seats", "incidentNames": ["one"]}
    answers = []
    with house.client() as client:

        def ask() -> None:
            answers.append(call(client, "POST", "/contentsafety/text:detectIncidents", body).status_code)

        asking = threading.Thread(target=ask)
        asking.start()
        reached.wait(20)
        answers.append(call(client, "GET", "/contentsafety/text/incidents/one").status_code + 1)
        go_on.set()
        asking.join()

    assert answers == [201, 200]


def test_the_bytes_of_an_incident_are_what_it_takes(house: House) -> None:
    """What is counted lies within a tenth of what the allocator saw, for both media."""
    encoder = TinyEncoder()
    background = tiny_background(encoder)
    content = file_of(1)
    copies = house.images.reader.sample(content, decoded(content)).copies

    def fit_texts() -> FittedIncident:
        read = []
        for number in range(400):
            text = f"{'sample ' * 20}{number}"
            vector = np.roll(encoder.encode(text), number)
            embedding = Embedding(encoder.name, encoder.revision, vector)
            sample = TextSample(f"00000000-0000-0000-0000-{number:012d}", text)
            read.append((sample, ReadSample(text, text.strip(), "rules", (embedding,))))
        return fit_samples("one", 0.5, read, {encoder.name: background})

    def fit_images() -> object:
        stored = [(f"{number:036d}", bytes(bytearray(copies))) for number in range(100)]
        return fit_pictures("one", 0.5, stored)

    ratios = []
    for fit in (fit_texts, fit_images):
        fit()
        gc.collect()
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        made = fit()
        gc.collect()
        ratios.append(made.nbytes / (tracemalloc.get_traced_memory()[0] - before))  # type: ignore[attr-defined]
        tracemalloc.stop()

    assert [abs(ratio - 1) < 0.1 for ratio in ratios] == [True, True], ratios
