"""What both sets of operations on auto reviewers share: how routes are added, how a version is made."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from quell.http.names import NamePattern
from quell.http.wire import WireAnswer, WireResponse
from quell.operations.schemas import operation_headers
from quell.reviewers.domain import Definition, Example, ReviewerVersion
from quell.reviewers.reviewing import Reviewing
from quell.reviewers.service import ReviewerService


@dataclass(frozen=True, slots=True)
class Route:
    """One operation: where it is, what answers it and with what shape; `extra` is for OpenAPI."""

    method: str
    path: str
    operation_id: str
    endpoint: Callable[..., Any]
    answer: type[WireAnswer] | None = None
    status: int = 200
    extra: Mapping[str, Any] | None = None


def router_of(tag: str, routes: Iterable[Route]) -> APIRouter:
    """Return a router with the routes; what can be made by PUT is also answered 201."""
    router = APIRouter(tags=[tag])
    for route in routes:
        router.add_api_route(
            route.path,
            route.endpoint,
            methods=[route.method],
            operation_id=route.operation_id,
            status_code=route.status,
            response_model=route.answer,
            responses={201: {"model": route.answer}} if route.method == "PUT" else None,
            openapi_extra=dict(route.extra) if route.extra else None,
        )
    return router


class Endpoints:
    """Reads requests about auto reviewers, calls one service function each, answers."""

    def __init__(self, service: ReviewerService, reviewing: Reviewing, names: NamePattern) -> None:
        self._service = service
        self._reviewing = reviewing
        self._names = names

    async def _make(
        self,
        request: Request,
        name: str,
        definition: Definition,
        render: Callable[[ReviewerVersion], WireAnswer],
        *,
        wished: str | None = None,
        examples: Sequence[Example] = (),
    ) -> WireResponse:
        """Make a version; the answer comes before it is built and says where to ask about that."""
        version, operation, created = await run_in_threadpool(
            self._service.put, name, definition, wished, examples
        )
        return WireResponse(render(version), 201 if created else 200, operation_headers(request, operation))

    def _checked(self, name: str) -> str:
        return self._names.check(name, "autoReviewerName")
