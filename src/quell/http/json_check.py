"""A JSON body must be JSON to the letter before anything is built from it."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quell.http.context import context_of
from quell.http.json import decode
from quell.http.media_type import JSON_LINES, media_type


class JsonCheck:
    """Refuses what `quell.http.json` refuses; expects the body in one piece, from BodyReader."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        operation = context_of(scope).operation
        reads_body = operation is not None and operation.body in {"json", "json-lines"}
        if not reads_body or media_type(Headers(scope=scope)) == JSON_LINES:
            await self._app(scope, receive, send)
            return
        message = await receive()
        if message["body"]:
            decode(message["body"])
        waiting = [message]

        async def replayed() -> Message:
            return waiting.pop() if waiting else await receive()

        await self._app(scope, replayed, send)
