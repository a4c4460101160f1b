"""Pictures through the vendor's clients: by content, and by signed URL on the vendor's own emulator."""

import base64
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from azure.ai.contentsafety import ContentSafetyClient
from azure.ai.contentsafety.models import AnalyzeImageOptions, ImageData
from azure.core.credentials import AzureKeyCredential
from PIL import Image

from tests.acceptance.azure_signing import put_blob, put_container, signed_url
from tests.acceptance.live_server import KEY, LiveServer, running_server
from tests.acceptance.node_tools import Azurite, run_script

CATEGORIES = ["Hate", "SelfHarm", "Sexual", "Violence"]


def picture() -> bytes:
    """Return a small PNG of a soft gradient."""
    sink = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").save(sink, "PNG")
    return sink.getvalue()


@pytest.fixture(scope="module")
def storage(azurite: Azurite) -> Azurite:
    """Return the emulator with one picture."""
    put_container(azurite, "javascript")
    put_blob(azurite, "javascript/a.png", picture())
    return azurite


@pytest.fixture(scope="module")
def naming(storage: Azurite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Return a server whose operator named the emulator."""
    folder = tmp_path_factory.mktemp("javascript") / "folder"
    with running_server(folder, blob_hosts=storage.host) as live:
        yield live


def analyse(server: LiveServer, **image: str) -> dict[str, Any]:
    """Analyse a picture through the client."""
    body = json.dumps({"image": image})
    printed = run_script("analyze.mjs", "image", body, QUELL_ENDPOINT=server.endpoint, QUELL_KEY=KEY)
    answer: dict[str, Any] = json.loads(printed)
    return answer


def test_a_picture_reads_the_same_by_content_and_by_signed_url(naming: LiveServer, storage: Azurite) -> None:
    """Both ways answer all four categories, in order, with the same severities."""
    content = analyse(naming, content=base64.b64encode(picture()).decode())
    blob = analyse(naming, blobUrl=signed_url(storage, "javascript/a.png"))

    assert (content["status"], blob["status"]) == (200, 200)
    assert [one["category"] for one in content["body"]["categoriesAnalysis"]] == CATEGORIES
    assert content["body"]["categoriesAnalysis"] == blob["body"]["categoriesAnalysis"]


def test_the_python_client_reads_a_signed_url_like_the_content(naming: LiveServer, storage: Azurite) -> None:
    """The vendor's Python client sends the URL as it is and reads the same four severities."""
    client = ContentSafetyClient(naming.endpoint, AzureKeyCredential(KEY))
    url = signed_url(storage, "javascript/a.png")

    content, blob = (
        client.analyze_image(AnalyzeImageOptions(image=image)).categories_analysis
        for image in (ImageData(content=picture()), ImageData(blob_url=url))
    )

    assert [one.category for one in blob] == CATEGORIES
    assert [one.severity for one in blob] == [one.severity for one in content]


def test_an_expired_url_is_the_clients_unexpected_answer(naming: LiveServer, storage: Azurite) -> None:
    """The error names the field and repeats nothing of the signature."""
    url = signed_url(storage, "javascript/a.png", minutes=-1)

    answer = analyse(naming, blobUrl=url)

    error = answer["body"]["error"]
    assert (answer["status"], answer["unexpected"], error["target"]) == (400, True, "image.blobUrl")
    assert url.rpartition("sig=")[2] not in error["message"]
