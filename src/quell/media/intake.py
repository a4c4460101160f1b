"""Pictures on their way in: blobs are waited for on threads of their own, pixels are work for the workers."""

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar

from quell.media.schemas import ImageData
from quell.media.source import Received, Sent
from quell.pictures.domain import Picture
from quell.workers import Workers

T = TypeVar("T")


class Pictures(Protocol):
    """Gets the picture that a request names; `PictureSource` is one."""

    def fetch(self, image: ImageData, target: str = "image") -> Sent:
        """Return the bytes; waits for another server where they are a blob."""

    def decode(self, sent: Sent) -> Received:
        """Return the decoded picture."""


class PictureIntake:
    """Runs a call on the picture of a request; a slow blob host keeps no worker from its work."""

    def __init__(self, pictures: Pictures, fetching: Workers, workers: Workers) -> None:
        self._pictures = pictures
        self._fetching = fetching
        self._workers = workers

    async def run(self, image: ImageData, call: Callable[[Picture], T]) -> T:
        """Return what the call makes of the decoded picture."""
        if image.blob_url is None or image.content is not None:
            return await asyncio.wrap_future(
                self._workers.submit(lambda: call(self._decoded(self._pictures.fetch(image))))
            )
        sent = await asyncio.wrap_future(self._fetching.submit(self._pictures.fetch, image))
        return await asyncio.wrap_future(self._workers.submit(lambda: call(self._decoded(sent))))

    def _decoded(self, sent: Sent) -> Picture:
        return self._pictures.decode(sent).picture
