"""The image half of the service's public how-to page, as printed there, on the vendor's storage emulator."""

import base64
import json
from collections.abc import Iterator

import pytest
import requests
from PIL import Image

from tests.acceptance.azure_signing import put_blob, put_container, signed_url
from tests.acceptance.live_server import KEY, LiveServer, running_server
from tests.acceptance.node_tools import Azurite
from tests.acceptance.test_howto_curl import curl
from tests.incidents.pictures import file_of, saved

# The page prints a blank after the version; requests sends it as %20.
VERSION = "2024-04-15-preview "
HEADERS = {"Ocp-Apim-Subscription-Key": KEY, "Content-Type": "application/json"}
COPY, OTHER = file_of(1, "JPEG", (240, 180)), saved(Image.radial_gradient("L"))


@pytest.fixture(scope="module")
def storage(azurite: Azurite) -> Azurite:
    """Return the emulator with a sample, a smaller copy of it, and another picture."""
    put_container(azurite, "howto")
    for name, content in (("image.png", file_of(1)), ("copy.jpg", COPY), ("other.png", OTHER)):
        put_blob(azurite, f"howto/{name}", content)
    return azurite


@pytest.fixture(scope="module")
def naming(storage: Azurite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Return a server whose operator named the emulator."""
    with running_server(tmp_path_factory.mktemp("howto") / "folder", blob_hosts=storage.host) as live:
        yield live


def call(server: LiveServer, method: str, route: str, body: object = None) -> requests.Response:
    """Make one call in the page's way."""
    url = f"{server.endpoint}/contentsafety/{route}?api-version={VERSION}"
    payload = json.dumps(body) if body is not None else {}
    return requests.request(method, url, headers=HEADERS, data=payload, timeout=60)


def question(url: str, name: str) -> dict[str, object]:
    """Return the page's body of image:analyze."""
    return {
        "image": {"blobUrl": url},
        "categories": ["SelfHarm", "Sexual"],
        "outputType": "FourSeverityLevels",
        "incidents": {"incidentNames": [name], "haltOnIncidentHit": True},
    }


def test_the_page_runs_from_top_to_bottom(naming: LiveServer, storage: Azurite) -> None:
    """Every image call of the page answers as the page and the contract say."""
    name = "howto-badge"
    image = {"content": "", "blobUrl": signed_url(storage, "howto/image.png")}

    created = call(
        naming, "PATCH", f"image/incidents/{name}", {"incidentName": name, "description": "string"}
    )
    added = call(
        naming,
        "POST",
        f"image/incidents/{name}:addIncidentSamples",
        {"incidentSamples": [{"image": image}]},
    )
    hit = call(naming, "POST", "image:analyze", question(signed_url(storage, "howto/copy.jpg"), name))
    miss = call(naming, "POST", "image:analyze", question(signed_url(storage, "howto/other.png"), name))
    listed = call(naming, "GET", "image/incidents")
    got = call(naming, "GET", f"image/incidents/{name}")
    samples = call(naming, "GET", f"image/incidents/{name}/incidentSamples")
    sample_id = added.json()["incidentSamples"][0]["incidentSampleId"]
    sample = call(naming, "GET", f"image/incidents/{name}/incidentSamples/{sample_id}")
    removed = call(
        naming, "POST", f"image/incidents/{name}:removeIncidentSamples", {"incidentSampleIds": [sample_id]}
    )
    deleted = call(naming, "DELETE", f"image/incidents/{name}")

    assert (created.status_code, added.status_code) == (201, 200)
    assert hit.json()["incidentMatches"] == [{"incidentName": name}]
    assert miss.json()["incidentMatches"] == []
    assert [one["category"] for one in miss.json()["categoriesAnalysis"]] == ["SelfHarm", "Sexual"]
    assert [one["incidentName"] for one in listed.json()["value"]] == [name]
    assert got.json()["description"] == "string"
    assert samples.json() == {"value": [{"incidentSampleId": sample_id}]}
    assert base64.b64decode(sample.json()["image"]["content"]) == file_of(1)
    assert (removed.status_code, deleted.status_code) == (204, 204)


def test_the_curl_calls_of_the_page_work(naming: LiveServer, storage: Azurite) -> None:
    """Create, add a sample, analyze and delete by curl, with the page's options."""
    name = "curl-badge"
    image = {"content": "", "blobUrl": signed_url(storage, "howto/image.png")}
    samples = json.dumps({"incidentSamples": [{"image": image}]})
    asked = json.dumps(question(signed_url(storage, "howto/copy.jpg"), name))
    named = json.dumps({"incidentName": name, "description": "string"})

    created, _ = curl(naming, "--request", "PATCH", "--data", named, route=f"image/incidents/{name}")
    added, _ = curl(naming, "--data", samples, route=f"image/incidents/{name}:addIncidentSamples")
    status, answer = curl(naming, "--data", asked, route="image:analyze")
    deleted, _ = curl(naming, "--request", "DELETE", route=f"image/incidents/{name}")

    assert (created, added, status, deleted) == (201, 200, 200, 204)
    assert answer["incidentMatches"] == [{"incidentName": name}]
