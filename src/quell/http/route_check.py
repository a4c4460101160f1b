"""A path and a method must name an operation: else 404 in the gateway's words, with the methods there are."""

from starlette.types import ASGIApp, Receive, Scope, Send

from quell.errors import RouteNotFound
from quell.http.auth import is_open
from quell.http.context import context_of
from quell.http.errors import error_response


class RouteCheck:
    """Refuses unknown paths and wrong methods."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        context = context_of(scope)
        if context.operation is not None or is_open(scope["path"]):
            await self._app(scope, receive, send)
            return
        # A gateway knows operations, not methods: hence 404 and not 405.
        answer = error_response(RouteNotFound())
        if context.allowed:
            answer.headers["Allow"] = ", ".join(context.allowed)
        await answer(scope, receive, send)
