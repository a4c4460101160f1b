"""Quell's own operations on sweeps."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.concurrency import run_in_threadpool

from quell.http.context import absolute_url
from quell.http.names import check_operation_id
from quell.http.paging import PageQuery, render_page
from quell.http.wire import WireResponse
from quell.sweep.schemas import StartSweep, SweepAnswer, SweepHit, SweepHitPage, SweepPage
from quell.sweep.service import SweepService

ROOT = "/quell/sweeps"
SweepId = Annotated[str, Path(alias="sweepId", description="The id of the sweep.")]


class SweepEndpoints:
    """Reads requests, calls one service function each, answers."""

    def __init__(self, service: SweepService) -> None:
        self._service = service

    def router(self) -> APIRouter:
        """Return the routes."""
        one = f"{ROOT}/{{sweepId}}"
        table: list[tuple[str, str, str, Any, int, Any]] = [
            ("POST", ROOT, "Quell_StartSweep", self.start, 202, SweepAnswer),
            ("GET", ROOT, "Quell_ListSweeps", self.list, 200, SweepPage),
            ("GET", f"{one}/hits", "Quell_ListSweepHits", self.hits, 200, SweepHitPage),
            ("GET", one, "Quell_GetSweep", self.get, 200, SweepAnswer),
            ("DELETE", one, "Quell_DeleteSweep", self.delete, 204, None),
        ]
        router = APIRouter(tags=["quell"])
        for method, path, operation_id, endpoint, status, answer in table:
            router.add_api_route(
                path,
                endpoint,
                methods=[method],
                operation_id=operation_id,
                status_code=status,
                response_model=answer,
            )
        return router

    async def start(self, request: Request, body: StartSweep) -> WireResponse:
        """Start a sweep over stored content; the work is done beside the server."""
        sweep = await run_in_threadpool(
            self._service.start, body.source, body.question(), body.columns(), body.format
        )
        headers = {"Location": absolute_url(request, f"{ROOT}/{sweep.id}")}
        return WireResponse(SweepAnswer.of(sweep), 202, headers)

    async def list(self, request: Request, page: PageQuery) -> WireResponse:
        """List the sweeps, newest first."""
        found = await run_in_threadpool(self._service.list, page.skip, page.limit)
        return render_page(request, page, [SweepAnswer.of(one) for one in found.items], more=found.more)

    async def get(self, sweep_id: SweepId) -> WireResponse:
        """Read a sweep and how far it is."""
        return WireResponse(SweepAnswer.of(await run_in_threadpool(self._service.get, _checked(sweep_id))))

    async def hits(self, request: Request, sweep_id: SweepId, page: PageQuery) -> WireResponse:
        """List the hits of a sweep so far, in the order of the rows."""
        found = await run_in_threadpool(self._service.hits, _checked(sweep_id), page.skip, page.limit)
        answers = [SweepHit(**hit) for hit in found.items]
        return render_page(request, page, answers, more=found.more)

    async def delete(self, sweep_id: SweepId) -> WireResponse:
        """Delete a sweep with its hits; one at work is stopped."""
        await run_in_threadpool(self._service.delete, _checked(sweep_id))
        return WireResponse(None, 204)


def _checked(sweep_id: str) -> str:
    return check_operation_id(sweep_id, "sweepId")
