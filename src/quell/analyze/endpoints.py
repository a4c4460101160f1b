"""The protocol's text:analyze."""

import asyncio

from fastapi import APIRouter, Request

from quell.analyze.domain import text_records
from quell.analyze.schemas import AnalyzeText, TextAnalysisAnswer, TextAnalysisBeforeGa, render
from quell.analyze.service import TextAnalysis
from quell.errors import MissingApiVersion
from quell.http.context import context_of
from quell.http.wire import WireResponse
from quell.workers import Workers

BILLING_HEADER = "csp-billing-usage"
TEXT_METER = "CognitiveServices.ContentSafety.Text:Analyze"


class AnalyzeEndpoints:
    """Reads requests to analyse a text, answers with a verdict."""

    def __init__(self, analysis: TextAnalysis, workers: Workers) -> None:
        self._analysis = analysis
        self._workers = workers

    def router(self) -> APIRouter:
        """Return the route."""
        router = APIRouter(tags=["text"])
        router.add_api_route(
            "/contentsafety/text:analyze",
            self.analyze_text,
            methods=["POST"],
            operation_id="TextOperations_AnalyzeText",
            response_model=TextAnalysisAnswer | TextAnalysisBeforeGa,
        )
        return router

    async def analyze_text(self, request: Request, body: AnalyzeText) -> WireResponse:
        """Analyse a text: blocklists, incidents and harm categories."""
        version = context_of(request.scope).api_version
        if version is None:
            raise MissingApiVersion
        question = body.question(version)
        verdict = await asyncio.wrap_future(self._workers.submit(self._analysis.analyze, question))
        usage = {BILLING_HEADER: f"{TEXT_METER}={text_records(body.text)}"}
        return WireResponse(render(verdict, version), headers=usage)
