"""The api-version must be there, be known and have the operation; what is not built yet is said aloud."""

from starlette.datastructures import QueryParams
from starlette.types import ASGIApp, Receive, Scope, Send

from quell.errors import NotImplementedYet, RouteNotFound
from quell.http.api_version import EXACT_REFUSAL, ApiVersion, read_api_version
from quell.http.context import context_of
from quell.http.operations import Operation, OperationTable


class VersionCheck:
    """Reads the api-version of a request and notes it in the context."""

    def __init__(self, app: ASGIApp, table: OperationTable) -> None:
        self._app = app
        self._table = table

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        context = context_of(scope)
        operation = context.operation
        if operation is not None and not operation.own:
            given = QueryParams(scope["query_string"]).get("api-version")
            context.api_version = read_api_version(given, strict=self._table.strict)
            self._check(operation, context.api_version)
        await self._app(scope, receive, send)

    def _check(self, operation: Operation, version: ApiVersion) -> None:
        if not operation.exists_in(version, strict=self._table.strict):
            having = ", ".join(one.name for one in self._table.versions_of(operation))
            raise RouteNotFound(
                EXACT_REFUSAL
                if self._table.strict
                else f"{EXACT_REFUSAL}: the api-version '{version}' does not have {operation.id}; "
                f"these have it: {having}."
            )
        if operation.state != "served":
            raise NotImplementedYet(
                f"{operation.id} ({operation.method} {operation.path}) is part of the protocol "
                "but is not built in this version of Quell; see docs/support-matrix.md."
            )
