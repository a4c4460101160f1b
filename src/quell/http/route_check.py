"""A path and a method must name an operation: else 404 in the gateway's words, with the methods there are."""

import re

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from quell.errors import RouteNotFound
from quell.http.auth import is_open
from quell.http.context import context_of
from quell.http.errors import error_response
from quell.http.operations import OWN_PREFIX, PREFIX, OperationTable


def table_and_app_differ(app: FastAPI, table: OperationTable) -> list[str]:
    """Return what is served by the table and not by the app, or by the app and not by the table."""
    in_table = {_shape(row.method, row.path) for row in table.rows if row.state == "served"}
    in_app = {
        _shape(method.upper(), path)
        for path, methods in app.openapi()["paths"].items()
        for method in methods
        if path.startswith((PREFIX, OWN_PREFIX))
    }
    return sorted(in_table ^ in_app)


def _shape(method: str, path: str) -> str:
    return f"{method} {re.sub(r'{[^}]*}', '{}', path)}"


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
