"""The protocol's image:analyze and imageWithText:analyze."""

from fastapi import APIRouter, Request

from quell.analyze.coverage import coverage_header
from quell.analyze.endpoints import BILLING_HEADER
from quell.analyze.image_domain import ImageVerdict
from quell.analyze.image_flow import ImageFlow
from quell.analyze.image_schemas import (
    AnalyzeImage,
    AnalyzeImageWithText,
    ImageAnalysisAnswer,
    ImageAnalysisBeforeGa,
    ImageWithTextAnswer,
    render_image,
    severity_answers,
)
from quell.analyze.image_service import ImageAnalysis
from quell.errors import MissingApiVersion
from quell.http.context import context_of
from quell.http.wire import WireResponse

IMAGE_METER = "CognitiveServices.ContentSafety.Image:Analyze"


class ImageEndpoints:
    """Reads requests to analyse a picture, answers with a verdict."""

    def __init__(self, analysis: ImageAnalysis, flow: ImageFlow) -> None:
        self._analysis = analysis
        self._flow = flow

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(tags=["image"])
        router.add_api_route(
            "/contentsafety/image:analyze",
            self.analyze_image,
            methods=["POST"],
            operation_id="ImageOperations_AnalyzeImage",
            response_model=ImageAnalysisAnswer | ImageAnalysisBeforeGa,
        )
        router.add_api_route(
            "/contentsafety/imageWithText:analyze",
            self.analyze_image_with_text,
            methods=["POST"],
            operation_id="ImageWithTextOperations_AnalyzeImageWithText",
            response_model=ImageWithTextAnswer,
        )
        return router

    async def analyze_image(self, request: Request, body: AnalyzeImage) -> WireResponse:
        """Analyse an image: incidents and harm categories."""
        version = context_of(request.scope).api_version
        if version is None:
            raise MissingApiVersion
        question = body.question(version)
        self._analysis.check(question.categories)
        verdict = await self._flow.run(body.image, lambda found: self._analysis.look(found, question))
        return WireResponse(render_image(self._analysis.told(verdict), version), headers=_headers(verdict))

    async def analyze_image_with_text(self, body: AnalyzeImageWithText) -> WireResponse:
        """Analyse an image, the text in it and the text beside it together."""
        question = body.question()
        self._analysis.check(question.categories, text=question.read_picture or bool(question.text))
        verdict = await self._flow.run(
            body.image, lambda found: self._analysis.look_with_text(found, question)
        )
        answer = ImageWithTextAnswer(categories_analysis=severity_answers(self._analysis.told(verdict)))
        return WireResponse(answer, headers=_headers(verdict))


def _headers(verdict: ImageVerdict) -> dict[str, str]:
    return {BILLING_HEADER: f"{IMAGE_METER}=1"} | coverage_header(verdict.coverage, tuple(verdict.coverage))
