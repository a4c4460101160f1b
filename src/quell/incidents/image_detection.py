"""Which of the named image incidents a picture hits, and why."""

from collections.abc import Callable, Sequence
from functools import cache

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
        query = self._query(picture)
        with stage("incidents"):
            return self._index.ask(names, None, target, lambda one: one.match(query(one)))

    def explain(self, picture: Picture, names: Sequence[str], target: str) -> list[ImageMatch]:
        """Return the same verdicts with the sample, region and kind of comparison that decided each."""
        query = self._query(picture)
        return self._index.ask(names, None, target, lambda one: one.explain(query(one)))

    def _query(self, picture: Picture) -> Callable[[FittedPictures], CopyQuery | None]:
        """Return what opens the picture once, when an incident has samples to compare it with."""

        @cache
        def opened() -> CopyQuery:
            with stage("encode"):
                return self._reader.query(picture)

        return lambda incident: opened() if incident.samples else None
