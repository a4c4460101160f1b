"""Pictures on their way to be compared: read by a network that is loaded when the first one comes."""

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from quell.copies import CopyQuery, CopyReader
from quell.errors import InvalidRequestBody
from quell.incidents.chunks import in_chunks
from quell.incidents.domain import PICTURE_BYTES, ImageSample, ReadPicture
from quell.media.schemas import ImageData
from quell.media.source import PictureSource, Received, Sent
from quell.pictures.decoder import PictureDecoder
from quell.pictures.domain import Picture
from quell.workers import Workers

T = TypeVar("T")


class PictureReader:
    """Reads pictures and samples; safe to call from several threads."""

    def __init__(self, load: Callable[[], CopyReader], decoder: PictureDecoder) -> None:
        self._load = load
        self._decoder = decoder
        self._loading = threading.Lock()
        self._copies: CopyReader | None = None

    @property
    def reading(self) -> str:
        """The rules and network that samples have to be read by; loads the network."""
        return self._loaded().reading

    def query(self, picture: Picture) -> CopyQuery:
        """Open a picture for comparisons."""
        return self._loaded().query(picture)

    def sample(self, content: bytes, picture: Picture) -> ReadPicture:
        """Read a picture that is to become a sample; `content` is its file."""
        copies = self._loaded()
        return ReadPicture(
            content, picture.format, picture.width, picture.height, copies.reading, copies.sample(picture)
        )

    def again(self, sample: ImageSample) -> ReadPicture | None:
        """Read a stored sample again; None where this server accepts its file no longer."""
        content = sample.content or b""
        try:
            return self.sample(content, self._decoder.decode(content, "image.content"))
        except InvalidRequestBody:
            return None

    def _loaded(self) -> CopyReader:
        # At rest a server that is never asked about pictures does not pay for the network.
        with self._loading:
            if self._copies is None:
                self._copies = self._load()
            return self._copies


class SampleIntake:
    """Fetches blobs on threads of their own, decodes and reads pictures on the workers, one at a time."""

    def __init__(
        self, source: PictureSource, reader: PictureReader, fetching: Workers, workers: Workers
    ) -> None:
        self._source = source
        self._reader = reader
        self._fetching = fetching
        self._workers = workers

    async def read(self, images: Sequence[ImageData], target: str) -> list[ReadPicture]:
        """Read new samples; `target` is the place of one in the request, with {} for its number."""
        return await self.each(
            images, target, lambda _, received: self._reader.sample(received.data, received.picture)
        )

    async def each(
        self, images: Sequence[ImageData], target: str, call: Callable[[int, Received], T]
    ) -> list[T]:
        """Return what a call makes of each picture of a request and its number; it runs on the workers."""
        scale = _Scale(target.partition("[")[0])
        sent: dict[int, Sent] = {}

        def fetch(chunk: Sequence[int]) -> Sequence[None]:
            for number in chunk:
                found = self._source.fetch(images[number], target.format(number))
                scale.add(len(found.data))
                sent[number] = found
            return [None for _ in chunk]

        def run(chunk: Sequence[int]) -> Sequence[T]:
            return [call(number, self._source.decode(sent.pop(number))) for number in chunk]

        def fetch_and_run(chunk: Sequence[int]) -> Sequence[T]:
            fetch([number for number in chunk if number not in sent])
            return run(chunk)

        await in_chunks(
            self._fetching, fetch, [n for n, image in enumerate(images) if image.blob_url is not None], size=1
        )
        return await in_chunks(self._workers, fetch_and_run, range(len(images)), size=1)


class _Scale:
    """Weighs the pictures of one request together: blobs are as large as their hosts say."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._weighing = threading.Lock()
        self._bytes = 0

    def add(self, size: int) -> None:
        """Count one more picture, or refuse the request."""
        with self._weighing:
            self._bytes += size
            if self._bytes > PICTURE_BYTES:
                raise InvalidRequestBody(
                    f"The pictures of one request have at most {PICTURE_BYTES} bytes together; "
                    "send some of them with the next.",
                    target=self._target,
                )
