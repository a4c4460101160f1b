"""How the samples of one medium are stored: a text in its own row, the file of a picture beside it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Generic, TypeVar

from quell.database.base import Row, Transaction
from quell.database.queries import load
from quell.incidents.domain import ImageSample, Medium, ReadPicture, ReadSample, TextSample

S = TypeVar("S", bound=TextSample | ImageSample)
R = TypeVar("R")

COPIES = "copies"
"""The name under which what finding copies needs of a picture is stored."""

_QUERIES = load("quell.incidents")


class SampleRows(ABC, Generic[S, R]):
    """Samples `S` as they are stored, and `R` as they were read."""

    medium: Medium

    @abstractmethod
    def listed(self, row: Row) -> S:
        """Return a sample as a list shows it."""

    @abstractmethod
    def whole(self, tx: Transaction, row: Row) -> S:
        """Return a sample with all it holds."""

    @abstractmethod
    def content(self, sample: S) -> object:
        """Return what a whole sample holds: a text, or a file."""

    @abstractmethod
    def members(self, read: R) -> Mapping[str, object]:
        """Return the columns of a sample's own row."""

    @abstractmethod
    def keep(self, tx: Transaction, sample_id: str, read: R) -> None:
        """Store what lies beside the row of a new sample, apart from how it was read."""

    @abstractmethod
    def keep_reading(self, tx: Transaction, sample_id: str, read: R) -> None:
        """Store how a sample was read."""


class TextRows(SampleRows[TextSample, ReadSample]):
    """Texts, with a vector for each encoder."""

    medium: Medium = "text"

    def listed(self, row: Row) -> TextSample:
        """Return a sample as a list shows it."""
        return TextSample(row["id"], row["text"])

    def whole(self, tx: Transaction, row: Row) -> TextSample:
        """Return a sample with all it holds."""
        del tx
        return self.listed(row)

    def content(self, sample: TextSample) -> str:
        """Return the text."""
        return sample.text

    def members(self, read: ReadSample) -> Mapping[str, object]:
        """Return the columns of a sample's own row."""
        return {"text": read.text, "literal": read.literal, "reading": read.reading}

    def keep(self, tx: Transaction, sample_id: str, read: ReadSample) -> None:
        """Store nothing: a text lies in its own row."""

    def keep_reading(self, tx: Transaction, sample_id: str, read: ReadSample) -> None:
        """Store the vectors of a sample: little-endian float32."""
        tx.execute_many(
            _QUERIES["add-vector"],
            (
                {
                    "sample_id": sample_id,
                    "encoder": embedding.encoder,
                    "revision": embedding.revision,
                    "vector": embedding.vector.astype("<f4").tobytes(),
                }
                for embedding in read.embeddings
            ),
        )


class ImageRows(SampleRows[ImageSample, ReadPicture]):
    """Pictures, whose files are read from the database only where they are asked for."""

    medium: Medium = "image"

    def listed(self, row: Row) -> ImageSample:
        """Return a sample as a list shows it: its id alone."""
        return ImageSample(row["id"])

    def whole(self, tx: Transaction, row: Row) -> ImageSample:
        """Return a sample with its file."""
        picture = tx.fetch_one(_QUERIES["get-picture"], {"sample_id": row["id"]})
        if picture is None:
            raise LookupError("an image sample always has a file")
        return ImageSample(row["id"], picture["content"])

    def content(self, sample: ImageSample) -> bytes:
        """Return the file."""
        return sample.content or b""

    def members(self, read: ReadPicture) -> Mapping[str, object]:
        """Return the columns of a sample's own row; a picture has no text."""
        return {"text": "", "literal": "", "reading": read.reading}

    def keep(self, tx: Transaction, sample_id: str, read: ReadPicture) -> None:
        """Store the file of a sample."""
        tx.execute(
            _QUERIES["add-picture"],
            {
                "sample_id": sample_id,
                "content": read.content,
                "format": read.format,
                "width": read.width,
                "height": read.height,
            },
        )

    def keep_reading(self, tx: Transaction, sample_id: str, read: ReadPicture) -> None:
        """Store what finding copies needs of a sample."""
        tx.execute(
            _QUERIES["add-vector"],
            {"sample_id": sample_id, "encoder": COPIES, "revision": read.reading, "vector": read.copies},
        )
