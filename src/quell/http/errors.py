"""Every refusal in the shape the service gives it: the catalogue of `quell.errors`, rendered.

The service layer answers {"error": {code, message, target?, details: […]}}, where the message ends with
" | Request Id: <id>, Timestamp: <time>Z."; the gateway layer answers {"error": {code: "404", message}}.
"""

from datetime import UTC, datetime
from types import TracebackType

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from quell.errors import (
    InternalError,
    InvalidRequestBody,
    QuellError,
    RouteNotFound,
)
from quell.http.context import context_of, request_id
from quell.http.validation import faults
from quell.http.wire import WireResponse

_log = structlog.get_logger("quell.http")


def error_response(error: QuellError, details: tuple[QuellError, ...] = ()) -> Response:
    """Return the answer for a refusal: body, status, x-ms-error-code and, on 429 and 503, Retry-After."""
    headers = {"x-ms-error-code": error.code}
    if error.status in {429, 503}:
        # Clients retry any answer that carries Retry-After, so no other status may.
        headers["Retry-After"] = str(error.retry_after or 1)
    if error.layer == "gateway":
        body: dict[str, object] = {"code": error.code, "message": error.message}
    else:
        body = {
            **_entry(error),
            "message": f"{error.message} | Request Id: {request_id()}, Timestamp: {_now()}.",
            "details": [_entry(detail) for detail in details],
        }
    return WireResponse({"error": body}, error.status, headers)


def refused(scope: Scope, error: QuellError) -> Response:
    """Return the answer for a refusal; for the metrics, the reason is noted where it was no fault."""
    if error.status in {429, 503}:
        context_of(scope).refusal = error.reason
    return error_response(error)


def unexpected(error: BaseException) -> Response:
    """Log an exception nobody foresaw and return the answer for it.

    The log has the types and the places, never the exceptions' messages: these may quote user text.
    """
    _log.error(
        "unexpected-error",
        request_id=request_id(),
        error=type(error).__name__,
        places=_places(error),
    )
    return error_response(InternalError())


def install_error_handlers(app: FastAPI) -> None:
    """Make a FastAPI app answer every error in the service's shape."""
    app.add_exception_handler(QuellError, _on_quell_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(Exception, _on_unforeseen)


async def _on_quell_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, QuellError) or error.layer == "startup":
        return unexpected(error)
    return refused(request.scope, error)


async def _on_validation_error(_: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        return unexpected(error)
    found = faults(error.errors())
    return error_response(found[0], tuple(found) if len(found) > 1 else ())


async def _on_unforeseen(_: Request, __: Exception) -> Response:
    # Starlette raises the exception again after this answer; the error boundary logs it there, once.
    return error_response(InternalError())


async def _on_http_exception(_: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException) or error.status_code >= 500:
        return unexpected(error)
    if error.status_code in {404, 405}:
        return error_response(RouteNotFound())
    return error_response(InvalidRequestBody("The request could not be read."))


def _entry(error: QuellError) -> dict[str, object]:
    entry: dict[str, object] = {"code": error.code, "message": error.message}
    if error.target is not None:
        entry["target"] = error.target
    return entry


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _places(error: BaseException) -> list[str]:
    places: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(places) < 100:
        places.append(type(cause).__name__)
        places += _frames(cause.__traceback__)
        cause = cause.__cause__ or cause.__context__
    return places


def _frames(trace: TracebackType | None) -> list[str]:
    frames: list[str] = []
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return frames[-12:]
