"""Where a client asks what became of an operation."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.concurrency import run_in_threadpool

from quell.http.names import check_operation_id
from quell.http.wire import WireResponse
from quell.operations.schemas import OperationAnswer
from quell.operations.service import OperationService

_RETRY_SECONDS = "1"


class OperationEndpoints:
    """Reads requests about the operations of one collection, such as `text/incidents`."""

    def __init__(
        self,
        service: OperationService,
        collection: str,
        operation_id: str,
        *,
        check_id: Callable[[str, str], str] = check_operation_id,
        both_spellings: bool = True,
    ) -> None:
        self._service = service
        self._collection = collection
        self._operation_id = operation_id
        self._check_id = check_id
        self._both_spellings = both_spellings

    def router(self) -> APIRouter:
        """Return the route; it comes before those that would take `operations` for a name."""
        router = APIRouter(tags=["operations"])
        router.add_api_route(
            f"/contentsafety/{self._collection}/operations/{{operationId}}",
            self.get,
            methods=["GET"],
            operation_id=self._operation_id,
            response_model=OperationAnswer,
        )
        return router

    async def get(self, operation_id: Annotated[str, Path(alias="operationId")]) -> WireResponse:
        """Read the status of an operation."""
        wished = self._check_id(operation_id, "operationId")
        operation = await run_in_threadpool(self._service.get, self._collection, wished)
        headers = None if operation.finished else {"Retry-After": _RETRY_SECONDS}
        return WireResponse(
            OperationAnswer.of(operation, both_spellings=self._both_spellings), headers=headers
        )
