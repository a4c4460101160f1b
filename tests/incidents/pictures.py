"""Made-up pictures as files, and how the tests of image incidents send them."""

import base64
import io
from typing import Any

from fastapi.testclient import TestClient
from PIL import Image

from tests.copies.doubles import scene
from tests.incidents.wire import call

IMAGES = "/contentsafety/image/incidents"
DETECT = "/contentsafety/image:detectIncidents"
OWN = "/quell/image/incidents"


def file_of(seed: int, form: str = "PNG", size: tuple[int, int] | None = None) -> bytes:
    """Return the file of a scene; another seed is another scene."""
    picture = Image.fromarray(scene(seed))
    return saved(picture.resize(size) if size else picture, form)


def saved(picture: Image.Image, form: str = "PNG") -> bytes:
    """Return a picture as a file."""
    target = io.BytesIO()
    picture.save(target, form)
    return target.getvalue()


def sent(content: bytes) -> dict[str, Any]:
    """Return a file as the member of a request."""
    return {"content": base64.b64encode(content).decode()}


def add_images(client: TestClient, name: str, *files: bytes) -> list[str]:
    """Make an image incident with samples; return their ids."""
    call(client, "PATCH", f"{IMAGES}/{name}", {})
    body = {"incidentSamples": [{"image": sent(content)} for content in files]}
    answer = call(client, "POST", f"{IMAGES}/{name}:addIncidentSamples", body)
    assert answer.status_code == 200, answer.text
    assert all(list(sample) == ["incidentSampleId"] for sample in answer.json()["incidentSamples"])
    return [sample["incidentSampleId"] for sample in answer.json()["incidentSamples"]]


def image_hits(client: TestClient, content: bytes, *names: str) -> list[str]:
    """Return which of the named incidents a picture hits."""
    answer = call(client, "POST", DETECT, {"image": sent(content), "incidentNames": list(names)})
    assert answer.status_code == 200, answer.text
    return [match["incidentName"] for match in answer.json()["incidentMatches"]]
