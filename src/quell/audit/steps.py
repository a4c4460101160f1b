"""The step of the edge that knows of each change who asked for it, and how it ended."""

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quell.audit.acting import acting
from quell.audit.domain import Act, plain_actor, plain_resource
from quell.audit.service import AuditLog
from quell.errors import QuellError
from quell.http.context import context_of
from quell.http.operations import OWN_PREFIX, PREFIX, Operation, OperationTable
from quell.http.rates import Meter, Rate
from quell.http.roles import changes

REFUSALS = Rate(10, 10)
"""How many refusals of one actor are written; the request log has them all."""


class AuditStep:
    """Lets changes carry who makes them down to the transaction, and writes what was refused for its role."""

    def __init__(self, app: ASGIApp, table: OperationTable, log: AuditLog) -> None:
        self._app = app
        self._changing = {operation.id for operation in table.rows if changes(operation)}
        self._log = log
        self._meter = Meter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        context = context_of(scope)
        operation = context.operation
        if operation is None or operation.id not in self._changing:
            await self._app(scope, receive, send)
            return
        act = Act(
            actor=plain_actor(context.principal.name if context.principal else "anyone"),
            operation=operation.id,
            resource=plain_resource(_resource(operation, scope["path"])),
            request_id=context.request_id,
            status=operation.success[0],
        )
        await self._watched(act, scope, receive, send)

    async def _watched(self, act: Act, scope: Scope, receive: Receive, send: Send) -> None:
        status = 500

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                # Before the answer begins, so that who has read it finds it in the log.
                await self._finish(act, status)
            await send(message)

        try:
            with acting(act):
                await self._app(scope, receive, watch)
        except QuellError as error:
            await self._finish(act, error.status)
            raise
        except Exception:  # whatever went wrong, the change was asked for and is written down as failed
            await self._finish(act, 500)
            raise

    async def _finish(self, act: Act, status: int) -> None:
        if act.seq is not None:
            if status != act.status:
                await run_in_threadpool(self._log.correct, act, status)
                act.status = status
        elif status == 403 and self._meter.wait(act.actor, "", REFUSALS) == 0:
            act.status = 403
            await run_in_threadpool(self._log.refused, act)


def _resource(operation: Operation, path: str) -> str:
    """Return what a path names, without the prefix and the verb."""
    named = path.removeprefix(OWN_PREFIX if operation.own else PREFIX).strip("/")
    front, slash, last = named.rpartition("/")
    return front + slash + (last.rpartition(":")[0] if ":" in operation.path else last)
