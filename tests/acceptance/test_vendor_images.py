"""Pictures and image incidents through the vendor's own clients, Python and JavaScript."""

import base64
import json
from pathlib import Path

import pytest
from azure.ai.contentsafety import ContentSafetyClient
from azure.ai.contentsafety.models import AnalyzeImageOptions, ImageData
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError
from PIL import Image

from tests.acceptance.live_server import KEY, LiveServer
from tests.acceptance.node_tools import run_script
from tests.acceptance.test_vendor_sdk import send
from tests.incidents.pictures import file_of, saved

SAMPLE, COPY = file_of(1), file_of(1, "JPEG", (240, 180))
OTHER = saved(Image.radial_gradient("L"))


@pytest.fixture
def client(server: LiveServer) -> ContentSafetyClient:
    """Return the vendor's Python client with the endpoint changed and nothing else."""
    return ContentSafetyClient(server.endpoint, AzureKeyCredential(KEY))


def encoded(content: bytes) -> str:
    """Return a file in Base64."""
    return base64.b64encode(content).decode()


def test_a_picture_is_analysed_through_the_sdk(client: ContentSafetyClient) -> None:
    """The client encodes the bytes itself and reads four categories in the recorded order."""
    found = client.analyze_image(AnalyzeImageOptions(image=ImageData(content=SAMPLE)))

    assert [(str(one.category), one.severity) for one in found.categories_analysis] == [
        ("Hate", 0),
        ("SelfHarm", 0),
        ("Sexual", 0),
        ("Violence", 0),
    ]


def test_a_bad_picture_arrives_as_the_clients_error(client: ContentSafetyClient) -> None:
    """The client reads code, message and target of the envelope."""
    with pytest.raises(HttpResponseError) as caught:
        client.analyze_image(AnalyzeImageOptions(image=ImageData(content=b"garbage")))

    assert caught.value.error is not None
    assert (caught.value.status_code, caught.value.error.code) == (400, "InvalidRequestBody")


def test_an_image_incident_lives_and_matches_through_the_sdk(client: ContentSafetyClient) -> None:
    """Define, add, deploy, detect a copy and not another picture, through `send_request`."""
    root = "/image/incidents/sdk-badge"
    created = send(client, "PATCH", root, {"incidentDefinition": "a badge"})
    samples = {"incidentSamples": [{"image": {"content": encoded(SAMPLE)}}]}
    added = send(client, "POST", f"{root}:addIncidentSamples", samples)
    deployed = send(client, "POST", f"{root}:deploy")
    answers = [
        send(
            client,
            "POST",
            "/image:detectIncidents",
            {"image": {"content": encoded(content)}, "incidentNames": ["sdk-badge"]},
        ).json()
        for content in (COPY, OTHER)
    ]
    deleted = send(client, "DELETE", root)

    assert [one.status_code for one in (created, added, deployed, deleted)] == [201, 200, 202, 204]
    assert answers == [{"incidentMatches": [{"incidentName": "sdk-badge"}]}, {"incidentMatches": []}]


def test_an_image_incident_lives_and_matches_through_the_javascript_client(
    server: LiveServer, tmp_path: Path
) -> None:
    """The same through the vendor's JavaScript client, which sends any path."""
    for name, content in (("sample", SAMPLE), ("copy", COPY)):
        (tmp_path / name).write_text(encoded(content))

    printed = run_script(
        "incidents.mjs",
        str(tmp_path / "sample"),
        str(tmp_path / "copy"),
        QUELL_ENDPOINT=server.endpoint,
        QUELL_KEY=KEY,
    )

    created, added, found, deleted = json.loads(printed)
    assert [one["status"] for one in (created, added, found, deleted)] == [201, 200, 200, 204]
    assert found["body"] == {"incidentMatches": [{"incidentName": "javascript-badge"}]}
