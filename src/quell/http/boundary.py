"""The error boundary: whatever is raised inside becomes an answer of the catalogue."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quell.errors import QuellError
from quell.http.errors import refused, unexpected


class ErrorBoundary:
    """Renders refusals of the pipeline, and turns an exception nobody foresaw into 500 InternalError."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except QuellError as error:
            answer = unexpected(error) if error.layer == "startup" else refused(scope, error)
        except Exception as error:  # noqa: BLE001 - this is where unforeseen exceptions end
            answer = unexpected(error)
        else:
            return
        if not started:
            await answer(scope, receive, send)
