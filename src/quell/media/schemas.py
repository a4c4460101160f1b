"""The wire shape of a picture in a request."""

from collections.abc import Mapping
from typing import ClassVar

from quell.http.wire import WireModel


class ImageData(WireModel):
    """A picture: Base64 in `content`, or the URL of a blob; the empty string is absent."""

    EMPTY_IS_ABSENT: ClassVar[frozenset[str]] = frozenset({"content", "blobUrl"})
    ALSO_CALLED: ClassVar[Mapping[str, str]] = {"url": "blobUrl"}

    content: str | None = None
    blob_url: str | None = None
