"""Samples on their way in: read on the workers, a few at a time, before any transaction is opened."""

from collections.abc import Sequence

from quell.incidents.chunks import in_chunks
from quell.incidents.domain import ReadSample
from quell.incidents.reading import TextReader
from quell.workers import Workers


class Intake:
    """Reads new samples on the workers."""

    def __init__(self, reader: TextReader, workers: Workers) -> None:
        self._reader = reader
        self._workers = workers

    async def read(self, texts: Sequence[str], target: str) -> list[ReadSample]:
        """Read the texts; `target` is the place of a text in the request, with {} for its number."""
        named = [(text, target.format(number)) for number, text in enumerate(texts)]
        return await in_chunks(self._workers, self._read_chunk, named)

    def _read_chunk(self, named: Sequence[tuple[str, str]]) -> Sequence[ReadSample]:
        return [self._reader.sample(text, target) for text, target in named]
