"""A key must have one of the roles that the operation needs: else 403 in the gateway's shape."""

from starlette.types import ASGIApp, Receive, Scope, Send

from quell.errors import RoleRefused
from quell.http.context import context_of
from quell.http.operations import OperationTable
from quell.http.roles import roles_for
from quell.values import ROLES


class RoleCheck:
    """Refuses operations that the one who asks has no role for."""

    def __init__(self, app: ASGIApp, table: OperationTable) -> None:
        self._app = app
        self._needed = {operation.id: roles_for(operation) for operation in table.rows}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        context = context_of(scope)
        principal, operation = context.principal, context.operation
        if principal is not None and operation is not None:
            needed = self._needed[operation.id]
            if not principal.may(needed):
                has = " and ".join(role for role in ROLES if role in principal.roles) or "none"
                wanted = next(role for role in ROLES if role in needed)
                raise RoleRefused(
                    f"Access denied: {operation.id} needs the role '{wanted}'; "
                    f"'{principal.name}' has the role {has}."
                )
        await self._app(scope, receive, send)
