"""Quell's own monitor: what the server did in the last hours."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool

from quell.http.wire import WireResponse
from quell.monitor.domain import KEPT_HOURS
from quell.monitor.schemas import MonitorAnswer
from quell.monitor.service import Monitor

Hours = Annotated[int, Query(ge=1, le=KEPT_HOURS, description="How many hours, the present one included.")]


class MonitorEndpoints:
    """Reads requests for figures, answers with them."""

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor

    def router(self) -> APIRouter:
        """Return the route."""
        router = APIRouter(tags=["quell"])
        router.add_api_route(
            "/quell/monitor",
            self.report,
            methods=["GET"],
            operation_id="Quell_Monitor",
            response_model=MonitorAnswer,
        )
        return router

    async def report(self, hours: Hours = 24) -> WireResponse:
        """Say what was asked, answered and found in the last hours, hour by hour."""
        return WireResponse(await run_in_threadpool(self._rendered, hours))

    def _rendered(self, hours: int) -> MonitorAnswer:
        return MonitorAnswer.of(self._monitor.report(hours))
