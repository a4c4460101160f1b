"""Quell's own monitor: what the server did in the last hours."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool

from quell.http.wire import WireResponse
from quell.monitor.domain import KEPT_HOURS, REJECT_AT
from quell.monitor.incident_schemas import IncidentFiguresAnswer
from quell.monitor.schemas import MonitorAnswer
from quell.monitor.service import Monitor

Hours = Annotated[int, Query(ge=1, le=KEPT_HOURS, description="How many hours, the present one included.")]
RejectAt = Annotated[
    int,
    Query(alias="rejectAt", ge=1, le=7, description="The severity from which a verdict counts as rejected."),
]


class MonitorEndpoints:
    """Reads requests for figures, answers with them."""

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(tags=["quell"])
        router.add_api_route(
            "/quell/monitor",
            self.report,
            methods=["GET"],
            operation_id="Quell_Monitor",
            response_model=MonitorAnswer,
        )
        router.add_api_route(
            "/quell/monitor/incidents",
            self.incidents,
            methods=["GET"],
            operation_id="Quell_MonitorIncidents",
            response_model=IncidentFiguresAnswer,
        )
        return router

    async def report(self, hours: Hours = 24, reject_at: RejectAt = REJECT_AT) -> WireResponse:
        """Say what was asked, answered and found in the last hours, hour by hour."""
        return WireResponse(await run_in_threadpool(self._rendered, hours, reject_at))

    async def incidents(self, hours: Hours = 24) -> WireResponse:
        """Say how often each incident was hit: in the last hour, and hour by hour."""
        return WireResponse(await run_in_threadpool(self._hits, hours))

    def _rendered(self, hours: int, reject_at: int) -> MonitorAnswer:
        return MonitorAnswer.of(self._monitor.report(hours), reject_at)

    def _hits(self, hours: int) -> IncidentFiguresAnswer:
        found = self._monitor.incidents(hours)
        return IncidentFiguresAnswer.of(found, enabled=self._monitor.enabled)
