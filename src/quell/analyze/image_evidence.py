"""The seams of evidence about a picture: what can be told of its pixels, its text and its incidents."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from quell.analyze.domain import Category, Severity
from quell.errors import ResourceNotFound
from quell.incidents.domain import ImageMatch
from quell.nudity import NudityReading
from quell.ocr import TextLine
from quell.pictures.domain import Picture
from quell.scenes import SceneLevel

Levels = Mapping[str, SceneLevel]
"""What a picture shows, by category."""


class Nudity(Protocol):
    """Tells how sexually explicit the pixels are; `NudityReader` is one."""

    def read(self, picture: Picture) -> NudityReading:
        """Return the reading of the worst frame and view."""


class PictureText(Protocol):
    """Reads the text in pictures."""

    def read(self, picture: Picture) -> Sequence[TextLine]:
        """Return the lines in reading order; bounded in time and length."""


class Scenes(Protocol):
    """Judges what a picture shows; `SceneReader` and `VisionReader` are."""

    @property
    def name(self) -> str:
        """The name of the model."""

    @property
    def waits(self) -> bool:
        """Whether another server is asked, so that no worker may be kept waiting."""

    @property
    def lenient(self) -> bool:
        """Whether a verdict may do without it where another server fails; it is then covered less."""

    @property
    def categories(self) -> Sequence[str]:
        """The categories that it judges."""

    def read(self, picture: Picture) -> Levels:
        """Return the level of each of its categories."""

    def question(self, picture: Picture) -> Callable[[], Levels]:
        """Return what reads the picture when it is called; holds no more of the picture than it needs."""


class ImageIncidents(Protocol):
    """Says which image incidents a picture hits; `ImageDetection` is one.

    Both return one item for each incident in the order of the names; an unknown name raises
    ResourceNotFound with its place in `target`.
    """

    def detect(self, picture: Picture, names: Sequence[str], target: str) -> Sequence[ImageMatch]:
        """Return the verdicts."""

    def explain(self, picture: Picture, names: Sequence[str], target: str) -> Sequence[ImageMatch]:
        """Return the verdicts with the sample and the region that decided each."""


class Symbols:
    """The incidents that an operator mapped to a category and a severity: a hit is evidence for it."""

    def __init__(self, incidents: ImageIncidents, severities: Mapping[str, Severity]) -> None:
        self._incidents = incidents
        self._severities = severities

    def find(self, picture: Picture, categories: Sequence[Category]) -> list[tuple[str, Severity]]:
        """Return the mapped incidents that a picture hits, with what each counts for."""
        return [
            (name, severity)
            for name, severity in self._severities.items()
            if severity.category in categories and self._hit(picture, name)
        ]

    def _hit(self, picture: Picture, name: str) -> bool:
        try:
            return any(found.hit for found in self._incidents.detect(picture, [name], "categories"))
        except ResourceNotFound:
            # Named in the settings, not made yet or deleted: nothing to hit.
            return False
