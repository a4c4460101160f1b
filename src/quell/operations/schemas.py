"""The wire shape of an operation, and the headers that lead to it."""

from fastapi import Request
from pydantic import Field

from quell.http.context import absolute_url
from quell.http.wire import WireAnswer
from quell.operations.domain import Operation, Status


class OperationFault(WireAnswer):
    """Why an operation failed."""

    code: str
    message: str
    details: list["OperationFault"] = Field(default_factory=list)


class OperationAnswer(WireAnswer):
    """The status of an operation.

    Text incidents call the fault `errorMessage` in their schema and `error` in the published example:
    both are sent. Auto reviewers know `error` alone.
    """

    id: str
    status: Status
    error: OperationFault | None = None
    error_message: OperationFault | None = None

    @classmethod
    def of(cls, operation: Operation, *, both_spellings: bool = True) -> "OperationAnswer":
        """Render an operation."""
        if operation.error_code is None:
            return cls(id=operation.id, status=operation.status)
        fault = OperationFault(code=operation.error_code, message=operation.error_message or "")
        return cls(
            id=operation.id,
            status=operation.status,
            error=fault,
            error_message=fault if both_spellings else None,
        )


def operation_headers(request: Request, operation: Operation) -> dict[str, str]:
    """Return the headers of an answer that started an operation."""
    path = f"/contentsafety/{operation.collection}/operations/{operation.id}"
    return {"Operation-Id": operation.id, "Operation-Location": absolute_url(request, path)}
