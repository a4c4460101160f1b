"""Listens from the first moment: until the app is loaded, every request is told to come back."""

import threading
from collections.abc import Callable

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from quell.errors import ServerBusy
from quell.http.context import begin
from quell.http.errors import error_response


class Starting:
    """An app that is loaded in a thread while the server already listens.

    `/ready` answers 503 until the app is there. When loading fails, `failure` says why and `on_failure`
    is called, so that the server ends instead of waiting for ever.
    """

    def __init__(self, load: Callable[[], ASGIApp], on_ready: Callable[[], None]) -> None:
        self.failure: BaseException | None = None
        self._load = load
        self._on_ready = on_ready
        self._app: ASGIApp | None = None
        self._thread: threading.Thread | None = None

    def begin(self, on_failure: Callable[[], None]) -> None:
        """Load the app in a thread of its own."""
        self._thread = threading.Thread(target=self._run, args=(on_failure,), name="quell-start", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Return when loading has ended, one way or the other."""
        if self._thread is not None:
            self._thread.join()

    def _run(self, on_failure: Callable[[], None]) -> None:
        try:
            app = self._load()
        except BaseException as failure:  # noqa: BLE001 - handed to the thread that waits for it
            self.failure = failure
            on_failure()
            return
        self._app = app
        self._on_ready()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self._app is not None and scope["type"] != "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await _not_yet(scope, receive, send)


async def _not_yet(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"] == "/ready":
        health = JSONResponse({"ready": False}, 503, {"Cache-Control": "no-store", "Retry-After": "1"})
        await health(scope, receive, send)
        return
    refusal = ServerBusy("The server is starting: its models are being loaded.", retry_after=1)
    request_id = begin(scope).request_id
    answer = error_response(refusal)
    answer.headers["apim-request-id"] = answer.headers["x-ms-request-id"] = request_id
    await answer(scope, receive, send)
