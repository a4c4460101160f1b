"""Both ways of decoding: in this process, and in children."""

from collections.abc import Callable, Iterator

import pytest

from quell.pictures.decoder import PictureDecoder
from quell.pictures.domain import Limits, Picture

Decode = Callable[..., Picture]


@pytest.fixture(scope="session", params=[0, 1], ids=["here", "child"])
def decode(request: pytest.FixtureRequest) -> Iterator[Decode]:
    """Return what decodes a file within limits; children live until the end of the session."""
    decoders: dict[Limits, PictureDecoder] = {}

    def decoded(data: bytes, limits: Limits | None = None) -> Picture:
        limits = limits or Limits()
        if limits not in decoders:
            decoders[limits] = PictureDecoder(limits, request.param)
        return decoders[limits].decode(data, "image.content")

    yield decoded
    for decoder in decoders.values():
        decoder.close()
