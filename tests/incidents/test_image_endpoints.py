"""The protocol's operations on image incidents, over HTTP."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from tests.copies.doubles import scene
from tests.house import build_house
from tests.incidents.pictures import DETECT, IMAGES, add_images, file_of, image_hits, saved, sent
from tests.incidents.wire import ROOT, add, call, refusal

URL = "https://store.example.org/pictures/image.png"


class Blobs:
    """A blob store with one picture."""

    def fetch(self, url: str, *, limit: int, target: str) -> bytes:
        """Return the picture, whatever is asked for."""
        del limit, target
        assert url == URL
        return file_of(1)


@pytest.fixture
def with_blobs(tmp_path: Path) -> Iterator[TestClient]:
    """Return a client of a house that reads blobs."""
    house = build_house(tmp_path, fetcher=Blobs())
    with house.client() as made:
        yield made
    house.close()


def test_the_how_to_works_as_printed(with_blobs: TestClient) -> None:
    """Create, add by `blobUrl` beside an empty `content`, list, read, detect, remove, delete."""
    body = {"incidentName": "badge", "description": "string"}
    made = call(with_blobs, "PATCH", f"{IMAGES}/badge", body)
    body = {"incidentSamples": [{"image": {"content": "", "blobUrl": URL}}]}
    added = call(with_blobs, "POST", f"{IMAGES}/badge:addIncidentSamples", body).json()
    listed = call(with_blobs, "GET", f"{IMAGES}/badge/incidentSamples").json()
    (sample,) = added["incidentSamples"]
    read = call(with_blobs, "GET", f"{IMAGES}/badge/incidentSamples/{sample['incidentSampleId']}").json()
    body = {"image": {"blobUrl": URL}, "incidentNames": ["badge"]}
    found = call(with_blobs, "POST", DETECT, body).json()
    body = {"incidentSampleIds": [sample["incidentSampleId"]]}
    removed = call(with_blobs, "POST", f"{IMAGES}/badge:removeIncidentSamples", body)
    deleted = call(with_blobs, "DELETE", f"{IMAGES}/badge")

    assert (made.status_code, made.json()["description"]) == (201, "string")
    assert made.headers["location"].startswith(f"https://safety.example.org{IMAGES}/badge?")
    assert listed == {"value": [sample]}
    assert read == {**sample, "image": {"content": base64.b64encode(file_of(1)).decode()}}
    assert found == {"incidentMatches": [{"incidentName": "badge"}]}
    assert (removed.status_code, deleted.status_code) == (204, 204)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"])
def test_a_sample_comes_back_byte_for_byte(client: TestClient, form: str) -> None:
    """What was sent is stored as it is, in each of the six formats, and found again."""
    content = file_of(3, form)
    (sample,) = add_images(client, "badge", content)
    read = call(client, "GET", f"{IMAGES}/badge/incidentSamples/{sample}").json()

    assert base64.b64decode(read["image"]["content"]) == content
    assert image_hits(client, content, "badge") == ["badge"]


def test_copies_hit_and_other_pictures_do_not(client: TestClient) -> None:
    """A smaller and recompressed copy hits its incident; hits come in the order of the request."""
    add_images(client, "first", file_of(1), file_of(2))
    add_images(client, "second", file_of(3))
    add_images(client, "third", file_of(1))
    copy = file_of(1, "JPEG", (240, 180))

    assert image_hits(client, copy, "third", "second", "first", "third") == ["third", "first"]
    assert image_hits(client, file_of(9), "third", "second", "first") == []


def test_media_do_not_mix(client: TestClient) -> None:
    """A text incident and an image incident may share a name and know nothing of each other."""
    add(client, "badge", "a text")
    add_images(client, "badge", file_of(1))
    call(client, "DELETE", f"{ROOT}/badge")

    assert call(client, "GET", ROOT).json()["value"] == []
    assert [one["incidentName"] for one in call(client, "GET", IMAGES).json()["value"]] == ["badge"]
    assert image_hits(client, file_of(1), "badge") == ["badge"]


def test_both_texts_of_an_incident_are_kept(client: TestClient) -> None:
    """Descriptions and definitions are accepted for images, too."""
    body = {"description": "what it is", "incidentDefinition": "what to look for"}
    call(client, "PATCH", f"{IMAGES}/badge", body)
    read = call(client, "GET", f"{IMAGES}/badge").json()

    assert {key: read[key] for key in body} == body


def test_lists_are_paged(client: TestClient) -> None:
    """Samples come newest first, a page at a time, each once."""
    ids = add_images(client, "badge", *(file_of(seed) for seed in range(5)))
    seen: list[str] = []
    path = f"{IMAGES}/badge/incidentSamples?maxpagesize=2"
    while path:
        page = call(client, "GET", path).json() if not seen else client.get(path).json()
        seen += [sample["incidentSampleId"] for sample in page["value"]]
        path = page.get("nextLink", "")

    assert seen == ids[::-1]


def test_incidents_can_be_deployed(client: TestClient) -> None:
    """A deployment ends well where there are samples, and says why it does not where there are none."""
    add_images(client, "badge", file_of(1))
    call(client, "PATCH", f"{IMAGES}/empty", {})
    outcomes = []
    for name in ("badge", "empty"):
        started = call(client, "POST", f"{IMAGES}/{name}:deploy", **{"Operation-Id": f"op-{name}"})
        assert started.headers["operation-location"].split("?")[0].endswith(f"{IMAGES}/operations/op-{name}")
        outcomes.append(call(client, "GET", f"{IMAGES}/operations/op-{name}").json()["status"])

    assert outcomes == ["Succeeded", "Failed"]
    assert call(client, "GET", "/contentsafety/text/incidents/operations/op-badge").status_code == 404


BOMB = sent(saved(Image.new("L", (7_201, 60))))
BAD: list[tuple[Any, str]] = [
    ({}, ""),
    ({"content": ""}, ""),
    ({"content": "", "blobUrl": ""}, ""),
    ({"content": sent(file_of(1))["content"], "blobUrl": URL}, ""),
    ({"content": "not Base64!"}, ".content"),
    ({"content": "data:image/png;base64," + sent(file_of(1))["content"]}, ".content"),
    (sent(b"garbage"), ".content"),
    (sent(file_of(1)[:2_000]), ".content"),
    (sent(file_of(1, size=(49, 50))), ".content"),
    (BOMB, ".content"),
    (sent(file_of(1).ljust(4 * 1024 * 1024 + 1, b"\0")), ".content"),
    ({"blobUrl": URL}, ".blobUrl"),
    ({"content": 7}, ".content"),
    ({"picture": "x"}, ".picture"),
    (None, ""),
]


@pytest.mark.parametrize(("image", "field"), BAD)
def test_a_bad_sample_is_refused_by_its_place(client: TestClient, image: object, field: str) -> None:
    """The error names the sample and its field, and none of the others is added."""
    call(client, "PATCH", f"{IMAGES}/badge", {})
    body = {"incidentSamples": [{"image": sent(file_of(1))}, {"image": image}]}
    answer = call(client, "POST", f"{IMAGES}/badge:addIncidentSamples", body)

    assert refusal(answer) == (400, "InvalidRequestBody", f"incidentSamples[1].image{field}")
    assert call(client, "GET", f"{IMAGES}/badge/incidentSamples").json() == {"value": []}


@pytest.mark.parametrize(("image", "field"), BAD)
def test_a_bad_question_is_refused(client: TestClient, image: object, field: str) -> None:
    """The error names the field of the picture."""
    answer = call(client, "POST", DETECT, {"image": image, "incidentNames": []})

    assert refusal(answer) == (400, "InvalidRequestBody", f"image{field}")


@pytest.mark.parametrize(
    ("samples", "target"),
    [(None, "incidentSamples"), ([], "incidentSamples"), ([{}], "incidentSamples[0].image")],
)
def test_bad_lists_of_samples_are_refused(client: TestClient, samples: object, target: str) -> None:
    """There is at least one sample, and a sample has an image."""
    call(client, "PATCH", f"{IMAGES}/badge", {})
    answer = call(client, "POST", f"{IMAGES}/badge:addIncidentSamples", {"incidentSamples": samples})

    assert refusal(answer) == (400, "InvalidRequestBody", target)


def test_a_call_takes_100_pictures(client: TestClient) -> None:
    """A hundred small pictures are added together, one more is refused."""
    small = {"image": sent(saved(Image.fromarray(scene(1, 60, 60)), "JPEG"))}
    call(client, "PATCH", f"{IMAGES}/badge", {})
    answers = [
        call(client, "POST", f"{IMAGES}/badge:addIncidentSamples", {"incidentSamples": [small] * count})
        for count in (101, 100)
    ]

    assert refusal(answers[0]) == (400, "InvalidRequestBody", "incidentSamples")
    assert len(answers[1].json()["incidentSamples"]) == 100


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/absent", None),
        ("GET", "/absent/incidentSamples", None),
        ("GET", "/badge/incidentSamples/unknown", None),
        ("POST", "/absent:addIncidentSamples", {"incidentSamples": [{"image": sent(b"never read")}]}),
        ("POST", "/badge:removeIncidentSamples", {"incidentSampleIds": ["unknown"]}),
        ("POST", "/absent:deploy", None),
        ("GET", "/operations/unknown", None),
    ],
)
def test_the_absent_is_404(client: TestClient, method: str, path: str, body: object) -> None:
    """What does not exist is not found, before any picture is read."""
    add_images(client, "badge", file_of(1))

    assert refusal(call(client, method, f"{IMAGES}{path}", body))[:2] == (404, "ResourceNotFound")


def test_an_unknown_incident_is_named_by_its_place(client: TestClient) -> None:
    """The error says which entry of the list is unknown."""
    add_images(client, "badge", file_of(1))
    body = {"image": sent(file_of(1)), "incidentNames": ["badge", "absent"]}

    assert refusal(call(client, "POST", DETECT, body)) == (404, "ResourceNotFound", "incidentNames[1]")
