"""Quell's own image:explain."""

import asyncio

from fastapi import APIRouter

from quell.analyze.domain import Category
from quell.analyze.image_domain import ImageExplanation
from quell.analyze.image_endpoints import Pictures
from quell.analyze.image_explain_schemas import ExplainImage, ImageExplained
from quell.analyze.image_schemas import image_categories
from quell.analyze.image_service import ImageAnalysis
from quell.http.wire import WireResponse
from quell.media.schemas import ImageData
from quell.workers import Workers


class ImageExplainEndpoints:
    """Reads requests to explain a verdict over a picture, answers with what decided it."""

    def __init__(self, analysis: ImageAnalysis, pictures: Pictures, workers: Workers) -> None:
        self._analysis = analysis
        self._pictures = pictures
        self._workers = workers

    def router(self) -> APIRouter:
        """Return the route."""
        router = APIRouter(tags=["quell"])
        router.add_api_route(
            "/quell/image:explain",
            self.explain,
            methods=["POST"],
            operation_id="Quell_ExplainImage",
            response_model=ImageExplained,
        )
        return router

    async def explain(self, body: ExplainImage) -> WireResponse:
        """Say why an image has its verdict: nudity, text in the picture, mapped incidents."""
        categories = image_categories(body.categories)
        self._analysis.check(categories)
        found = await asyncio.wrap_future(self._workers.submit(self._explain, body.image, categories))
        return WireResponse(ImageExplained.of(found))

    def _explain(self, image: ImageData, categories: tuple[Category, ...]) -> ImageExplanation:
        return self._analysis.explain(self._pictures.read(image).picture, categories)
