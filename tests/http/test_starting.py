"""A server that listens before it is loaded."""

import threading

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp

from quell.errors import ModelUnusable
from quell.http.starting import Starting


async def get(app: ASGIApp, path: str) -> httpx.Response:
    """Ask an app for a path."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        return await client.get(path)


@pytest.mark.anyio
async def test_requests_are_told_to_come_back_until_the_app_is_loaded() -> None:
    """Readiness is false and everything else 503 before; afterwards the app itself answers."""
    may_load = threading.Event()
    ready = threading.Event()

    def load() -> ASGIApp:
        may_load.wait(10)
        return PlainTextResponse("served")

    starting = Starting(load, ready.set)
    starting.begin(on_failure=lambda: None)

    health = await get(starting, "/ready")
    early = await get(starting, "/contentsafety/text:analyze")
    may_load.set()
    starting.wait()
    late = await get(starting, "/contentsafety/text:analyze")

    assert (health.status_code, health.json()) == (503, {"ready": False})
    assert (early.status_code, early.json()["error"]["code"]) == (503, "ServerBusy")
    assert early.headers["Retry-After"] == "1"
    assert early.headers["apim-request-id"] in early.json()["error"]["message"]
    assert late.text == "served"
    assert ready.is_set()


def test_a_failure_is_kept_and_told() -> None:
    """When loading fails the reason is kept for whoever runs the server, who is told at once."""
    told = threading.Event()

    def load() -> ASGIApp:
        raise ModelUnusable("The model file x is missing.")

    starting = Starting(load, on_ready=lambda: None)
    starting.begin(told.set)
    starting.wait()

    assert told.is_set()
    assert isinstance(starting.failure, ModelUnusable)
