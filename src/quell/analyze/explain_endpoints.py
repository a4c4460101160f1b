"""Quell's own text:explain."""

import asyncio

from fastapi import APIRouter

from quell.analyze.explain_schemas import ExplainText, Explanation
from quell.analyze.service import TextAnalysis
from quell.http.wire import WireResponse
from quell.workers import Workers


class ExplainEndpoints:
    """Reads requests to explain a verdict, answers with what decided it."""

    def __init__(self, analysis: TextAnalysis, workers: Workers) -> None:
        self._analysis = analysis
        self._workers = workers

    def router(self) -> APIRouter:
        """Return the route."""
        router = APIRouter(tags=["quell"])
        router.add_api_route(
            "/quell/text:explain",
            self.explain,
            methods=["POST"],
            operation_id="Quell_Explain",
            response_model=Explanation,
        )
        return router

    async def explain(self, body: ExplainText) -> WireResponse:
        """Say why a text has its verdict: incidents, harm categories, blocklists."""
        found = await asyncio.wrap_future(self._workers.submit(self._analysis.explain, body.question()))
        return WireResponse(Explanation.of(found, body.text))
