"""Quell's own image:explain."""

from fastapi import APIRouter

from quell.analyze.image_explain_schemas import ExplainImage, ImageExplained
from quell.analyze.image_flow import ImageFlow
from quell.analyze.image_schemas import image_categories
from quell.analyze.image_service import ImageAnalysis
from quell.http.wire import WireResponse


class ImageExplainEndpoints:
    """Reads requests to explain a verdict over a picture, answers with what decided it."""

    def __init__(self, analysis: ImageAnalysis, flow: ImageFlow) -> None:
        self._analysis = analysis
        self._flow = flow

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
        """Say why an image has its verdict: nudity, text in the picture, incidents, scenes."""
        categories = image_categories(body.categories)
        self._analysis.check(categories)
        names = None if body.incidents is None else body.incidents.incident_names
        found = await self._flow.run(
            body.image, lambda seen: self._analysis.explain_here(seen, categories, names)
        )
        return WireResponse(ImageExplained.of(found))
