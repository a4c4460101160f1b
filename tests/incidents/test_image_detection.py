"""Image incidents behind HTTP: freshness, deployment, reading again, memory."""

import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from quell.errors import ResourceNotFound
from quell.incidents.domain import IncidentChange
from quell.pictures.decoding import decode_here
from quell.pictures.domain import Limits, Picture
from tests.copies.doubles import scene
from tests.house import House, build_house
from tests.incidents.pictures import file_of, saved


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[House, House]]:
    """Return two processes' worth of everything over one data folder."""
    one, two = build_house(tmp_path), build_house(tmp_path)
    yield one, two
    one.close()
    two.close()


def decoded(content: bytes) -> Picture:
    """Decode a file."""
    return decode_here(content, Limits(), "image.content")


def add(house: House, name: str, *files: bytes) -> list[str]:
    """Add samples to an image incident, made where it is not there; return their ids."""
    house.images.service.put(name, IncidentChange())
    read = [house.images.reader.sample(content, decoded(content)) for content in files]
    return [sample.id for sample in house.images.service.add_samples(name, read)]


def hits(house: House, content: bytes, *names: str) -> list[str]:
    """Return which of the named incidents a picture hits."""
    found = house.images.detection.detect(decoded(content), names, "incidentNames")
    return [match.incident for match in found if match.hit]


def test_another_process_sees_every_kind_of_change_at_its_next_request(pair: tuple[House, House]) -> None:
    """Samples added or removed, a deletion and a new start count at once everywhere."""
    writer, reader = pair
    add(writer, "badge")
    seen = [hits(reader, file_of(1), "badge")]
    ids = add(writer, "badge", file_of(1))
    seen.append(hits(reader, file_of(1), "badge"))
    writer.images.service.remove_samples("badge", ids)
    seen.append(hits(reader, file_of(1), "badge"))
    writer.images.service.delete("badge")
    with pytest.raises(ResourceNotFound):
        hits(reader, file_of(1), "badge")
    add(writer, "badge", file_of(1))
    seen.append(hits(reader, file_of(1), "badge"))

    assert seen == [[], ["badge"], [], ["badge"]]


def test_deployment_decides_where_it_is_required(tmp_path: Path) -> None:
    """With require_deploy only samples of the last successful deployment count."""
    house = build_house(tmp_path, require_deploy=True)
    add(house, "badge", file_of(1))
    seen = [hits(house, file_of(1), "badge")]
    house.images.deployment.deploy("badge", None)
    seen.append(hits(house, file_of(1), "badge"))
    add(house, "badge", file_of(2))
    seen.append(hits(house, file_of(2), "badge"))
    house.close()

    assert seen == [[], ["badge"], []]


def test_an_explanation_names_the_sample_and_where_it_lies(house: House) -> None:
    """A sample that was pasted into a wider picture is found there."""
    ids = add(house, "badge", file_of(2), file_of(1))
    wide = Image.new("RGB", (960, 360), "white")
    wide.paste(Image.fromarray(scene(1)), (480, 0))
    (found,) = house.images.detection.explain(decoded(saved(wide)), ["badge"], "incidentNames")

    assert (found.hit, found.sample_id, found.threshold) == (True, ids[1], 0.5)
    assert found.region is not None
    assert found.region[0] >= 460


def test_samples_of_older_rules_are_read_again_from_their_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an upgrade what was stored of a picture is made anew before it is asked, once."""
    old = build_house(tmp_path)
    add(old, "badge", file_of(1), file_of(2))
    with old.database.transaction() as tx:
        tx.execute("update incident_sample set reading = 'older'")
        tx.execute("update incident_vector set vector = :nothing", {"nothing": b"0"})
    old.close()
    new = build_house(tmp_path)
    read: list[int] = []
    again = new.images.reader.again
    monkeypatch.setattr(new.images.reader, "again", lambda one: read.append(1) or again(one))

    assert hits(new, file_of(2), "badge") == ["badge"]
    assert (new.images.index.prepare(), len(read)) == (0, 2)
    new.close()


def test_a_file_that_is_accepted_no_longer_does_not_stop_the_others(tmp_path: Path) -> None:
    """Where a stored file cannot be read again it stays stored and matches nothing; the others match."""
    old = build_house(tmp_path)
    lost, _ = add(old, "badge", file_of(1), file_of(2))
    with old.database.transaction() as tx:
        tx.execute("update incident_sample set reading = 'older'")
        tx.execute(
            "update incident_picture set content = :content where sample_id = :id",
            {"content": b"x", "id": lost},
        )
    old.close()
    new = build_house(tmp_path)

    assert new.images.index.prepare() == 1
    assert [hits(new, file_of(seed), "badge") for seed in (1, 2)] == [[], ["badge"]]
    assert new.images.service.get_sample("badge", lost).content == b"x"
    new.close()


def test_a_removed_sample_takes_its_file_along(house: House) -> None:
    """Neither removal nor deletion leaves a file behind."""
    add(house, "badge", file_of(1))
    (gone,) = add(house, "badge", file_of(2))
    house.images.service.remove_samples("badge", [gone])

    def files() -> int:
        with house.database.reading() as tx:
            return len(tx.fetch_all("select sample_id from incident_picture"))

    left = [files()]
    house.images.service.delete("badge")

    assert [*left, files()] == [1, 0]


def test_no_file_of_a_sample_stays_in_memory(house: House) -> None:
    """A fitted incident holds what was read of its pictures, never the pictures."""
    content = saved(Image.effect_noise((640, 640), 100))
    add(house, "badge", content)
    (fitted,) = house.images.index.ask(["badge"], None, "incidentNames", lambda incident: incident)

    assert len(pickle.dumps(fitted)) < 64 * 1024 < len(content)


def test_the_network_is_loaded_when_the_first_picture_comes(tmp_path: Path) -> None:
    """A server that is never asked about pictures does not pay for them, also when it starts."""
    house = build_house(tmp_path)
    house.images.index.prepare()
    add(house, "empty")
    resting = house.images.reader._copies
    add(house, "badge", file_of(1))

    assert resting is None
    assert house.images.reader._copies is not None
    house.close()
