"""A process that writes as fast as it can, and tells what was acknowledged, until it is killed."""

import itertools
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import tests.house
from quell.incidents.domain import IncidentChange, IncidentCopy
from tests.databases import run_on
from tests.house import House, build_house

WRITERS = 3


@dataclass(frozen=True)
class Begun:
    """A write is about to be made: what the incident holds if it happens, None when it is deleted."""

    name: str
    texts: tuple[str, ...] | None


@dataclass(frozen=True)
class Acknowledged:
    """The write that was begun last has returned."""

    name: str


def write_until_killed(folder: Path, url: str, seed: int, pipe: Connection) -> None:
    """Write with several threads, each to an incident of its own."""
    run_on(url)
    # Ids count up in each process: what one stored, the next one must not mean.
    tests.house._houses = itertools.count(1_000 + seed)
    house = build_house(folder, durability="full")
    sending = threading.Lock()

    def send(news: Begun | Acknowledged) -> None:
        with sending:
            pipe.send(news)

    def run(number: int) -> None:
        dice = random.Random(f"{seed}-{number}")
        writer = Writer(house, f"writer-{number}", seed)
        while True:
            step = writer.choose(dice)
            send(Begun(writer.name, step.texts))
            step.run()
            writer.texts = step.texts
            send(Acknowledged(writer.name))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@dataclass(frozen=True)
class Step:
    """One write: what it leaves behind, and how it is made."""

    texts: tuple[str, ...] | None
    run: Callable[[], object]


class Writer:
    """Chooses writes to one incident at random; starts from what it finds."""

    def __init__(self, house: House, name: str, seed: int) -> None:
        self.name = name
        self._house = house
        self._seed = seed
        self._count = 0
        self.texts: tuple[str, ...] | None = None
        if name in house.incidents.names():
            self.texts = house.transfer.export(name).samples

    def choose(self, dice: random.Random) -> Step:
        """Return the next write."""
        if self.texts is None:
            return Step((), lambda: self._house.incidents.put(self.name, IncidentChange()))
        kind = dice.choice(("add", "add", "add", "remove", "remove", "deploy", "import", "delete"))
        if kind == "remove" and self.texts:
            return self._remove(dice.randrange(len(self.texts)), dice.randrange(1, 4))
        if kind == "delete":
            return Step(None, lambda: self._house.incidents.delete(self.name))
        if kind == "deploy":
            return Step(self.texts, lambda: self._house.deployment.deploy(self.name, None))
        new = tuple(self._text() for _ in range(dice.randrange(1, 5)))
        if kind == "import":
            return Step(new, lambda: self._import(new))
        return Step((*self.texts, *new), lambda: self._house.add(self.name, *new))

    def _remove(self, first: int, count: int) -> Step:
        texts = self.texts or ()
        gone = texts[first : first + count]
        samples = self._house.incidents.list_samples(self.name, 0, 1000).items
        ids = [sample.id for sample in samples if sample.text in gone]
        left = texts[:first] + texts[first + count :]
        return Step(left, lambda: self._house.incidents.remove_samples(self.name, ids))

    def _import(self, texts: tuple[str, ...]) -> None:
        copy = IncidentCopy(self.name, None, None, 0.5, texts)
        read = [self._house.reader.sample(text) for text in texts]
        self._house.transfer.bring_in(copy, read, overwrite=True)

    def _text(self) -> str:
        self._count += 1
        return f"{self.name} round {self._seed} sample {self._count}"
