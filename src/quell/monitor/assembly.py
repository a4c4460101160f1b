"""How the monitor stands in the server; called by the composition root and by nothing else."""

from fastapi import APIRouter

from quell.monitor.endpoints import MonitorEndpoints
from quell.monitor.requests import RequestCount
from quell.monitor.service import Monitor
from quell.observability.requests import Observer


def observers(monitor: Monitor) -> list[Observer]:
    """Return who counts requests: nobody, where the monitor is off."""
    return [RequestCount(monitor.tally)] if monitor.enabled else []


def routers(monitor: Monitor) -> list[APIRouter]:
    """Return the route of the figures."""
    return [MonitorEndpoints(monitor).router()]
