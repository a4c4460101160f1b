"""The intake: blobs are fetched beside the workers, everything else happens on them."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from quell.media.intake import PictureIntake
from quell.media.schemas import ImageData
from quell.media.source import Received, Sent
from quell.pictures.domain import Picture
from quell.workers import Workers

PICTURE = Picture("PNG", 50, 50, (), 1)


class _Pictures:
    def __init__(self) -> None:
        self.threads: dict[str, int] = {}

    def fetch(self, image: ImageData, target: str = "image") -> Sent:
        self.threads["fetch"] = threading.get_ident()
        return Sent(b"x", target)

    def decode(self, sent: Sent) -> Received:
        self.threads["decode"] = threading.get_ident()
        return Received(sent.data, PICTURE)


@pytest.fixture
def pools() -> Iterator[tuple[Workers, Workers]]:
    """Return a pool of one thread for fetching and one for work."""
    fetching, workers = Workers(1), Workers(1)
    yield fetching, workers
    fetching.close()
    workers.close()


@pytest.mark.parametrize(
    ("sent", "apart"),
    [({"content": "AAAA"}, False), ({"blobUrl": "https://x/y"}, True)],
    ids=["content", "blob"],
)
def test_only_a_blob_is_waited_for_beside_the_workers(
    pools: tuple[Workers, Workers], sent: dict[str, str], apart: bool
) -> None:
    """Content is read where it is decoded; a blob is fetched on a thread of the other pool."""
    pictures = _Pictures()
    intake = PictureIntake(pictures, *pools)

    made = asyncio.run(intake.run(ImageData.model_validate(sent), lambda picture: picture))

    assert made is PICTURE
    assert (pictures.threads["fetch"] != pictures.threads["decode"]) is apart
