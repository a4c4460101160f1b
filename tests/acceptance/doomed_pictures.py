"""A process that adds pictures as fast as it can, and tells what was acknowledged, until it is killed."""

from multiprocessing.connection import Connection
from pathlib import Path

from quell.incidents.domain import IncidentChange, ReadPicture
from quell.media.source import Sent
from tests.databases import run_on
from tests.house import House, build_house
from tests.incidents.pictures import file_of

NAME = "badge"
FILES = tuple(file_of(seed, "JPEG", (120, 90)) for seed in range(4))


def read_all(house: House) -> list[ReadPicture]:
    """Read the four pictures as samples."""
    found = []
    for content in FILES:
        received = house.pictures.decode(Sent(content, "image.content"))
        found.append(house.images.reader.sample(content, received.picture))
    return found


def add_until_killed(folder: Path, url: str, pipe: Connection) -> None:
    """Add one to four pictures at a time; before and after each call tell how many there are."""
    run_on(url)
    house = build_house(folder, durability="full")
    house.images.service.put(NAME, IncidentChange())
    read, total = read_all(house), house.images.service.get(NAME).samples
    while True:
        for count in (1, 2, 3, 4):
            pipe.send(("begun", total + count))
            house.images.service.add_samples(NAME, read[:count])
            total += count
            pipe.send(("done", total))
