"""Pictures from a request: one of two members, strict Base64, bounded."""

import base64
import io

import pytest
from PIL import Image

from quell.errors import InvalidRequestBody
from quell.media.schemas import ImageData
from quell.media.source import PictureSource
from quell.pictures.domain import Limits


def _png() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (50, 50), "red").save(written, "PNG")
    return written.getvalue()


class _Fetcher:
    def fetch(self, url: str, *, limit: int, target: str) -> bytes:
        return _png() if (url, limit, target) == ("https://x/y", 4 * 1024 * 1024, "image.blobUrl") else b""


def test_content_is_decoded() -> None:
    """Base64 becomes bytes and pixels."""
    sent = ImageData.model_validate({"content": base64.b64encode(_png()).decode()})

    received = PictureSource(None, Limits()).read(sent)

    assert (received.data, received.picture.width) == (_png(), 50)


def test_a_blob_is_fetched_where_content_is_the_empty_string() -> None:
    """The documents send an empty content beside a blobUrl."""
    sent = ImageData.model_validate({"content": "", "bloburl": "https://x/y"})

    assert PictureSource(_Fetcher(), Limits()).read(sent).data == _png()


@pytest.mark.parametrize(
    ("sent", "target"),
    [
        ({}, "image"),
        ({"content": "", "blobUrl": ""}, "image"),
        ({"content": "AAAA", "blobUrl": "https://x/y"}, "image"),
        ({"content": "data:image/png;base64,AAAA"}, "image.content"),
        ({"content": "A" * 6_000_000}, "image.content"),
        ({"content": "AAAA"}, "image.content"),
        ({"blobUrl": "https://x/y"}, "image.blobUrl"),
    ],
)
def test_what_is_no_picture_is_refused_by_name(sent: dict[str, str], target: str) -> None:
    """None, both, no Base64, too much, no image, no fetcher."""
    with pytest.raises(InvalidRequestBody) as refused:
        PictureSource(None, Limits()).read(ImageData.model_validate(sent))

    assert refused.value.target == target
