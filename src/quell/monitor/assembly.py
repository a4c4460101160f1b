"""How the monitor stands in the server; called by the composition root and by nothing else."""

from fastapi import APIRouter
from starlette.types import ASGIApp

from quell.monitor.endpoints import MonitorEndpoints
from quell.monitor.requests import RequestCount
from quell.monitor.service import Monitor


def counted(edge: ASGIApp, monitor: Monitor) -> ASGIApp:
    """Return the edge with every request counted, or as it is where the monitor is off."""
    return RequestCount(edge, monitor.tally) if monitor.enabled else edge


def routers(monitor: Monitor) -> list[APIRouter]:
    """Return the route of the figures."""
    return [MonitorEndpoints(monitor).router()]
