"""`/metrics`: what Prometheus reads."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PATH = "/metrics"


class MetricsPage:
    """Renders a registry, as text or as OpenMetrics; `admit` raises the refusal of who may not read it."""

    def __init__(self, registry: CollectorRegistry, admit: Callable[[Request], None]) -> None:
        self._registry = registry
        self._admit = admit
        # Rendering takes milliseconds, and the figures may wait for the database: not on the event loop.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="quell-metrics")

    def routes(self) -> list[Route]:
        """Return the route."""
        return [Route(PATH, self.answer)]

    async def answer(self, request: Request) -> Response:
        """Answer with everything that is measured."""
        self._admit(request)
        encode, media_type = choose_encoder(request.headers.get("accept", ""))
        page = await asyncio.get_running_loop().run_in_executor(self._thread, encode, self._registry)
        return Response(page, headers={"Content-Type": media_type, "Cache-Control": "no-store"})
