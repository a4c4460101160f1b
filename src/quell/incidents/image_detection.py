"""Which of the named image incidents a picture hits, and why."""

from collections.abc import Sequence

from quell.copies import CopyQuery
from quell.incidents.domain import ImageMatch, ImageSample, ReadPicture
from quell.incidents.image_fitting import FittedPictures
from quell.incidents.image_reading import PictureReader
from quell.incidents.index import IncidentIndex
from quell.observability.stages import stage
from quell.pictures.domain import Picture

ImageIndex = IncidentIndex[ImageSample, ReadPicture, FittedPictures, None]


class ImageDetection:
    """Asks the image incidents about a picture; runs on a worker, because it runs a network."""

    def __init__(self, index: ImageIndex, reader: PictureReader) -> None:
        self._index = index
        self._reader = reader

    def detect(self, picture: Picture, names: Sequence[str], target: str) -> list[ImageMatch]:
        """Return the verdict of each named incident, each once, in the order of the names.

        `target` is what the request calls the list of names; an unknown one is refused with its place in it.
        """
        with stage("incidents"):
            fitted = self._index.fitted(names, None, target)
            query = self._query(picture, fitted)
            return [incident.match(query) for incident in fitted]

    def explain(self, picture: Picture, names: Sequence[str], target: str) -> list[ImageMatch]:
        """Return the same verdicts with the sample, region and kind of comparison that decided each."""
        fitted = self._index.fitted(names, None, target)
        query = self._query(picture, fitted)
        return [incident.explain(query) for incident in fitted]

    def _query(self, picture: Picture, fitted: Sequence[FittedPictures]) -> CopyQuery | None:
        if not any(incident.samples for incident in fitted):
            return None
        with stage("encode"):
            return self._reader.query(picture)
