"""The work behind text:batch: texts in small chunks, each answered with its lines."""

from collections.abc import Iterator, Sequence

from quell.analyze.batch_schemas import BatchLine, BatchOptions, BatchRow
from quell.analyze.service import TextAnalysis
from quell.errors import InternalError, QuellError
from quell.http.errors import unexpected

CHUNK_TEXTS = 8
CHUNK_CHARACTERS = 1_000
"""A chunk ends here: the next in line waits for one chunk at most. A longer text is a chunk of its own."""


def in_chunks(rows: Sequence[BatchRow]) -> Iterator[Sequence[BatchRow]]:
    """Cut texts into chunks that take a worker about as long as one record."""
    start = characters = 0
    for place, row in enumerate(rows):
        if place > start and (place - start >= CHUNK_TEXTS or characters + len(row.text) > CHUNK_CHARACTERS):
            yield rows[start:place]
            start, characters = place, 0
        characters += len(row.text)
    if start < len(rows):
        yield rows[start:]


class BatchRun:
    """Answers the texts of one batch; runs on the workers, several chunks at once."""

    def __init__(self, analysis: TextAnalysis, options: BatchOptions) -> None:
        self._analysis = analysis
        self._options = options
        self._stopped = False

    def stop(self) -> None:
        """Begin no further text: nobody waits for the answers."""
        self._stopped = True

    def answer(self, chunk: Sequence[BatchRow]) -> bytes:
        """Return the lines of a chunk."""
        return b"".join(self._line(row) for row in chunk if not self._stopped)

    def _line(self, row: BatchRow) -> bytes:
        return self._judged(row).model_dump_json(by_alias=True).encode() + b"\n"

    def _judged(self, row: BatchRow) -> BatchLine:
        if row.fault is not None:
            return BatchLine.refusing(row, row.fault)
        try:
            return BatchLine.of(row, self._analysis.analyze(self._options.question(row.text)))
        except QuellError as error:
            return BatchLine.refusing(row, error)
        except Exception as error:  # noqa: BLE001 - one text must not end the batch, whatever is wrong with it
            unexpected(error)
            return BatchLine.refusing(row, InternalError())
