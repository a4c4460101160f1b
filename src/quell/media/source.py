"""Gets the picture that a request names; blocks, so it runs on a worker."""

import base64
import binascii
from dataclasses import dataclass
from typing import Protocol

from quell.errors import InvalidRequestBody
from quell.media.schemas import ImageData
from quell.observability.stages import stage
from quell.pictures.decoder import PictureDecoder
from quell.pictures.domain import Limits, Picture


class Fetcher(Protocol):
    """Reads blobs; `BlobReader` is one."""

    def fetch(self, url: str, *, limit: int, target: str) -> bytes:
        """Return at most `limit` bytes, or refuse with a reason that names `target`."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The bytes of a picture as they came, and the field of the request that named them."""

    data: bytes
    field: str


@dataclass(frozen=True, slots=True, eq=False)
class Received:
    """A picture as it was sent, and decoded."""

    data: bytes
    picture: Picture


class PictureSource:
    """Takes pictures from `content` or, where there is a fetcher, from `blobUrl`."""

    def __init__(
        self, fetcher: Fetcher | None, limits: Limits, decoder: PictureDecoder | None = None
    ) -> None:
        self._fetcher = fetcher
        self._limits = limits
        self._decoder = decoder or PictureDecoder(limits, processes=0)

    def read(self, image: ImageData, target: str = "image") -> Received:
        """Return the picture, or refuse; `target` is what the request calls it."""
        return self.decode(self.fetch(image, target))

    def decode(self, sent: Sent) -> Received:
        """Decode what was sent, or refuse it."""
        with stage("decode"):
            return Received(sent.data, self._decoder.decode(sent.data, sent.field))

    def fetch(self, image: ImageData, target: str = "image") -> Sent:
        """Return the bytes, or refuse; waits for another server where they are a blob."""
        if image.content is not None and image.blob_url is not None:
            raise InvalidRequestBody(
                f"Only one of '{target}.content' and '{target}.blobUrl' may be given.", target=target
            )
        if image.content is not None:
            return Sent(self._content(image.content, f"{target}.content"), f"{target}.content")
        if image.blob_url is None:
            raise InvalidRequestBody(
                f"One of '{target}.content' and '{target}.blobUrl' must be given.", target=target
            )
        field = f"{target}.blobUrl"
        if self._fetcher is None:
            raise InvalidRequestBody("This server does not read blobs; send the content.", target=field)
        with stage("fetch"):
            data = self._fetcher.fetch(image.blob_url, limit=self._limits.max_bytes, target=field)
        return Sent(data, field)

    def _content(self, content: str, target: str) -> bytes:
        if len(content) > -(-self._limits.max_bytes // 3) * 4:
            raise InvalidRequestBody(
                f"The image size is too large: at most {self._limits.max_bytes} bytes are accepted.",
                target=target,
            )
        try:
            return base64.b64decode(content, validate=True)
        except (binascii.Error, ValueError) as broken:
            raise InvalidRequestBody(f"The field '{target}' must be Base64.", target=target) from broken
