"""Quell's own text:batch: many texts in one call, streamed back."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from quell.analyze.batch import BatchRun, in_chunks
from quell.analyze.batch_lines import QUERY_FLAGS, QUERY_LISTS, Batch, read_batch
from quell.analyze.batch_schemas import AnalyzeBatch, BatchLine
from quell.analyze.domain import OutputType
from quell.analyze.lanes import Lanes
from quell.analyze.service import TextAnalysis
from quell.http.media_type import JSON_LINES
from quell.http.openapi import inlined
from quell.workers import Workers


class LinesResponse(StreamingResponse):
    """An answer of JSON Lines; what makes the lines is closed as soon as nobody reads them."""

    def __init__(self, lines: AsyncGenerator[bytes, None]) -> None:
        super().__init__(lines, media_type=f"{JSON_LINES}; charset=utf-8")
        self._lines = lines

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the lines."""
        async with aclosing(self._lines):
            await super().__call__(scope, receive, send)


class BatchEndpoints:
    """Reads batches, answers line by line."""

    def __init__(self, analysis: TextAnalysis, workers: Workers) -> None:
        self._analysis = analysis
        self._workers = workers
        self._lanes = Lanes(workers)

    def router(self) -> APIRouter:
        """Return the route."""
        router = APIRouter(tags=["quell"])
        router.add_api_route(
            "/quell/text:batch",
            self.batch,
            methods=["POST"],
            operation_id="Quell_AnalyzeBatch",
            response_class=StreamingResponse,
            responses={200: {"description": "One line for each text, in their order.", "content": _LINES}},
            openapi_extra=_REQUEST,
        )
        return router

    async def batch(self, request: Request) -> LinesResponse:
        """Analyse many texts; what is wrong with one of them is told in its line."""
        body, query = await request.body(), request.query_params.multi_items()
        batch = await run_in_threadpool(read_batch, body, request.headers, query)
        # Before the first line is sent: whether there is room, and whether the options can be answered.
        trial = batch.options.question(" ")
        await asyncio.wrap_future(self._workers.submit(self._analysis.check, trial))
        return LinesResponse(self._answer(batch))

    async def _answer(self, batch: Batch) -> AsyncGenerator[bytes, None]:
        run = BatchRun(self._analysis, batch.options)
        try:
            async with aclosing(self._lanes.stream(run.answer, in_chunks(batch.rows))) as pieces:
                async for lines in pieces:
                    yield lines
        finally:
            run.stop()


def _parameter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "explode": False, "schema": schema}


_LINES: dict[str, Any] = {JSON_LINES: {"schema": inlined(BatchLine, "serialization")}}
_REQUEST: dict[str, Any] = {
    "parameters": [
        *(_parameter(name, {"type": "array", "items": {"type": "string"}}) for name in QUERY_LISTS.values()),
        *(_parameter(name, {"type": "boolean"}) for name in QUERY_FLAGS.values()),
        _parameter("outputType", {"type": "string", "enum": [output.value for output in OutputType]}),
    ],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": inlined(AnalyzeBatch)},
            JSON_LINES: {
                "schema": {
                    "type": "string",
                    "description": 'Lines such as {"id": 1, "text": "…"}; the first may be {"options": {…}}.',
                }
            },
        },
    },
}
