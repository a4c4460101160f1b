"""The way of a picture through an analysis: models on the workers, other servers on threads that may wait."""

import asyncio
from collections.abc import Callable

from quell.analyze.image_domain import Judged
from quell.analyze.image_service import ImageAnalysis
from quell.media.intake import PictureIntake
from quell.media.schemas import ImageData
from quell.pictures.domain import Picture
from quell.workers import Workers


class ImageFlow:
    """Runs both steps of an analysis; a slow model of another server keeps no worker from its work."""

    def __init__(self, analysis: ImageAnalysis, intake: PictureIntake, waiting: Workers) -> None:
        self._analysis = analysis
        self._intake = intake
        self._waiting = waiting

    async def run(self, image: ImageData, look: Callable[[Picture], Judged]) -> Judged:
        """Return what a look at the decoded picture finds, finished."""

        def seen(picture: Picture) -> tuple[Judged, Callable[[], Judged] | None]:
            found = look(picture)
            return found, self._analysis.rest(picture, found)

        found, rest = await self._intake.run(image, seen)
        return found if rest is None else await asyncio.wrap_future(self._waiting.submit(rest))
