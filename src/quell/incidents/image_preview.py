"""What an image incident would catch, before it is live."""

from collections.abc import Sequence
from dataclasses import dataclass

from quell.database.base import Database
from quell.incidents.domain import DEFAULT_SENSITIVITY, ImageMatch, ReadPicture, threshold
from quell.incidents.image_detection import ImageIndex
from quell.incidents.image_fitting import FittedPictures, ImageStore, fit_pictures
from quell.incidents.image_reading import PictureReader
from quell.incidents.preview import Outcome, check_count, outcome_of
from quell.incidents.rows import COPIES
from quell.incidents.service import find
from quell.pictures.domain import Picture


@dataclass(frozen=True, slots=True)
class ImageFinding:
    """What a previewed incident says of one picture; `position` is the picture's place in the request."""

    position: int
    outcome: Outcome
    match: ImageMatch


class ImagePreview:
    """Fits image incidents that are not stored, alone or on top of one that is."""

    def __init__(
        self, database: Database, store: ImageStore, index: ImageIndex, reader: PictureReader
    ) -> None:
        self._database = database
        self._store = store
        self._index = index
        self._reader = reader

    def fit(
        self, name: str | None, samples: Sequence[ReadPicture], sensitivity: float | None
    ) -> FittedPictures:
        """Fit the samples, on top of the named incident's; its sensitivity counts where none is given."""
        own, known = (DEFAULT_SENSITIVITY, []) if name is None else self._stored(name)
        new = [(f"samples[{place}]", sample.copies) for place, sample in enumerate(samples)]
        check_count(len(known) + len(new))
        limit = threshold(own if sensitivity is None else sensitivity)
        return fit_pictures(name or "preview", limit, [*known, *new])

    def judge(self, fitted: FittedPictures, position: int, picture: Picture) -> ImageFinding:
        """Say what the incident makes of one picture."""
        found = fitted.explain(self._reader.query(picture))
        return ImageFinding(position, outcome_of(found), found)

    def _stored(self, name: str) -> tuple[float, list[tuple[str, bytes]]]:
        self._index.prepare()
        with self._database.reading() as tx:
            incident = find(tx, self._store, name)
            rows = self._store.matching_samples(tx, incident, deployed=False)
            stored = self._store.matching_vectors(tx, incident, COPIES, deployed=False)
        known = {row["id"] for row in rows if row["reading"] == self._reader.reading}
        return incident.sensitivity, [(one, copies) for one, copies in stored if one in known]
