"""The protocol's image:analyze and imageWithText:analyze."""

import asyncio
from collections.abc import Mapping
from typing import Protocol

from fastapi import APIRouter, Request

from quell.analyze.coverage import coverage_header, image_coverage
from quell.analyze.domain import Category
from quell.analyze.endpoints import BILLING_HEADER
from quell.analyze.image_domain import Coverage, ImageQuestion, ImageVerdict, MemeQuestion
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
from quell.media.schemas import ImageData
from quell.media.source import Received
from quell.workers import Workers

IMAGE_METER = "CognitiveServices.ContentSafety.Image:Analyze"


class Pictures(Protocol):
    """Gets a picture from a request; `PictureSource` is one."""

    def read(self, image: ImageData, target: str = "image") -> Received:
        """Return the bytes and the decoded picture; blocks."""


class ImageEndpoints:
    """Reads requests to analyse a picture, answers with a verdict."""

    def __init__(self, analysis: ImageAnalysis, pictures: Pictures, workers: Workers) -> None:
        self._analysis = analysis
        self._pictures = pictures
        self._workers = workers

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
        verdict = await asyncio.wrap_future(self._workers.submit(self._analyze, body.image, question))
        headers = _headers(self._analysis.covered, question.categories)
        return WireResponse(render_image(verdict, version), headers=headers)

    async def analyze_image_with_text(self, body: AnalyzeImageWithText) -> WireResponse:
        """Analyse an image, the text in it and the text beside it together."""
        question = body.question()
        self._analysis.check(question.categories)
        verdict = await asyncio.wrap_future(self._workers.submit(self._with_text, body.image, question))
        covered = self._analysis.covered
        if not question.read_picture:
            covered = image_coverage(
                nudity=covered[Category.SEXUAL] is Coverage.FULL, text=bool(question.text)
            )
        answer = ImageWithTextAnswer(categories_analysis=severity_answers(verdict))
        return WireResponse(answer, headers=_headers(covered, question.categories))

    def _analyze(self, image: ImageData, question: ImageQuestion) -> ImageVerdict:
        return self._analysis.analyze(self._pictures.read(image).picture, question)

    def _with_text(self, image: ImageData, question: MemeQuestion) -> ImageVerdict:
        return self._analysis.analyze_with_text(self._pictures.read(image).picture, question)


def _headers(covered: Mapping[Category, Coverage], categories: tuple[Category, ...]) -> dict[str, str]:
    return {BILLING_HEADER: f"{IMAGE_METER}=1"} | coverage_header(covered, categories)
