"""The protocol's operations on auto reviewers."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError
from starlette.concurrency import run_in_threadpool

from quell.http.names import NamePattern, check_wide_operation_id
from quell.http.paging import PageQuery, render_page
from quell.http.wire import WireResponse
from quell.operations.schemas import operation_headers
from quell.reviewers.reviewing import Reviewing
from quell.reviewers.schemas import (
    AutoReviewAnswer,
    AutoReviewerAnswer,
    AutoReviewerList,
    AutoReviewText,
    DefinitionBody,
)
from quell.reviewers.service import ReviewerService

ROOT = "/contentsafety/text/autoReviewers"


def _read_number(value: object) -> object:
    text = str(value).strip()
    if value is None or text == "":
        return None
    if text.isascii() and text.isdigit() and len(text) <= 10:
        return min(int(text), 2**31 - 1)
    raise PydanticCustomError("must", "{sentence}", {"sentence": "must be an integer of 32 bits from 1 on."})


ReviewerName = Annotated[str, Path(alias="autoReviewerName", description="The name of the auto reviewer.")]
OperationId = Annotated[str | None, Header(alias="Operation-Id", description="An id of the client's choice.")]
VersionQuery = Annotated[
    int | None,
    BeforeValidator(_read_number),
    Query(
        alias="version",
        description="The number of the version.",
        json_schema_extra={"minimum": 1, "maximum": 2**31 - 1},
    ),
]


class ReviewerEndpoints:
    """Reads requests about auto reviewers, calls one service function each, answers."""

    def __init__(self, service: ReviewerService, reviewing: Reviewing, names: NamePattern) -> None:
        self._service = service
        self._reviewing = reviewing
        self._names = names

    def router(self) -> APIRouter:
        """Return the routes."""
        one = f"{ROOT}/{{autoReviewerName}}"
        table: list[tuple[str, str, str, Any, int, Any]] = [
            (
                "POST",
                "/contentsafety/text:autoReview",
                "TextOperations_AutoReview",
                self.review,
                200,
                AutoReviewAnswer,
            ),
            ("GET", ROOT, "AutoReviewerOperations_ListAutoReviewers", self.list, 200, AutoReviewerList),
            ("GET", one, "AutoReviewerOperations_GetAutoReviewer", self.get, 200, AutoReviewerList),
            (
                "PUT",
                one,
                "AutoReviewerOperations_CreateOrReplaceAutoReviewer",
                self.put,
                200,
                AutoReviewerAnswer,
            ),
            ("DELETE", one, "AutoReviewerOperations_DeleteAutoReviewer", self.delete, 204, None),
        ]
        router = APIRouter(tags=["auto reviewers"])
        for method, path, operation_id, endpoint, status, answer in table:
            router.add_api_route(
                path,
                endpoint,
                methods=[method],
                operation_id=operation_id,
                status_code=status,
                response_model=answer,
                responses={201: {"model": answer}} if method == "PUT" else None,
            )
        return router

    async def put(
        self, request: Request, name: ReviewerName, body: DefinitionBody, operation_id: OperationId = None
    ) -> WireResponse:
        """Make a new version of an auto reviewer; the answer comes before it is built."""
        self._checked(name)
        sent = (operation_id or "").strip()
        wished = check_wide_operation_id(sent, "Operation-Id") if sent else None
        version, operation, created = await run_in_threadpool(
            self._service.put, name, body.definition(name), wished
        )
        headers = operation_headers(request, operation)
        return WireResponse(AutoReviewerAnswer.of(version), 201 if created else 200, headers)

    async def get(self, name: ReviewerName, version: VersionQuery = None) -> WireResponse:
        """Read a version of an auto reviewer, the latest when no number is given."""
        found = await run_in_threadpool(self._service.get, self._checked(name), version)
        return WireResponse(AutoReviewerList(value=[AutoReviewerAnswer.of(found)]))

    async def list(self, request: Request, page: PageQuery) -> WireResponse:
        """List the latest version of each auto reviewer, the newest reviewer first."""
        found = await run_in_threadpool(self._service.list, page.skip, page.limit)
        answers = [AutoReviewerAnswer.of(version) for version in found.items]
        return render_page(request, page, answers, more=found.more)

    async def delete(self, name: ReviewerName, version: VersionQuery = None) -> WireResponse:
        """Delete one version of an auto reviewer, or all; what is being built stops."""
        await run_in_threadpool(self._service.delete, self._checked(name), version)
        return WireResponse(status_code=204)

    async def review(self, body: AutoReviewText) -> WireResponse:
        """Give a text one of the labels of an auto reviewer, and say why."""
        _, review = await self._reviewing.review(
            body.text, body.auto_reviewer_name, body.auto_reviewer_version, body.aoai()
        )
        return WireResponse(AutoReviewAnswer.of(review))

    def _checked(self, name: str) -> str:
        return self._names.check(name, "autoReviewerName")
