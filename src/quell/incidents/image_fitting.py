"""From stored pictures to an image incident that can be asked; the files stay in the database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from quell.copies import CopyIndex, CopyMatch, CopyQuery
from quell.incidents.domain import ImageMatch, ImageSample, ReadPicture
from quell.incidents.image_reading import PictureReader
from quell.incidents.index import Fitting, Snapshot
from quell.incidents.rows import COPIES
from quell.incidents.store import IncidentStore

ImageStore = IncidentStore[ImageSample, ReadPicture]


@dataclass(frozen=True, slots=True)
class FittedPictures:
    """An image incident, ready to be asked; `samples` counts them."""

    name: str
    threshold: float
    samples: int
    copies: CopyIndex

    @property
    def nbytes(self) -> int:
        """The memory of the samples and of all that was fitted to them, in bytes."""
        return self.copies.nbytes

    def match(self, query: CopyQuery | None) -> ImageMatch:
        """Return the verdict alone; without samples nothing has to be asked."""
        found = None if query is None else self.copies.match(query, self.threshold)
        return self._match(found)

    def explain(self, query: CopyQuery | None) -> ImageMatch:
        """Return the verdict with what decided it: the sample, where it lies, how it was found."""
        found = None if query is None else self.copies.explain(query, self.threshold)
        return self._match(found)

    def _match(self, found: CopyMatch | None) -> ImageMatch:
        if found is None or not self.samples:
            return ImageMatch(self.name, hit=False, probability=0.0, threshold=self.threshold)
        return ImageMatch(
            self.name,
            found.hit or self.threshold <= 0,
            found.score,
            self.threshold,
            found.how,
            found.sample_id,
            found.region,
            found.frame,
        )


def fit_pictures(name: str, threshold: float, samples: Sequence[tuple[str, bytes]]) -> FittedPictures:
    """Fit an incident from its samples: (id, what was read of the picture)."""
    return FittedPictures(name, threshold, len(samples), CopyIndex.fit(samples))


class ImageFitting(Fitting[ImageSample, ReadPicture, FittedPictures, None]):
    """Fits image incidents, each with all its samples at once."""

    batch = 1  # a file has up to 4 MB

    def __init__(self, store: ImageStore, reader: PictureReader) -> None:
        self._store = store
        self._reader = reader

    @property
    def reading(self) -> str:
        """The rules and network that samples have to be read by."""
        return self._reader.reading

    def read(self, sample: ImageSample) -> ReadPicture | None:
        """Read a stored sample again."""
        return self._reader.again(sample)

    def ready(self, entry: FittedPictures, query: None) -> bool:
        """Return True: a fitted incident can be asked anything."""
        del entry, query
        return True

    def gather(
        self, snapshot: Snapshot, query: None, entry: FittedPictures | None
    ) -> Callable[[], FittedPictures]:
        """Read what was stored of the pictures; those that could not be read again do not match."""
        del query, entry
        incident = snapshot.incident
        known = {row["id"] for row in snapshot.rows if row["reading"] == self.reading}
        stored = self._store.matching_vectors(snapshot.tx, incident, COPIES, deployed=snapshot.deployed)
        samples = [(sample_id, copies) for sample_id, copies in stored if sample_id in known]
        return lambda: fit_pictures(incident.name, incident.threshold, samples)
