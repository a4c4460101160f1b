"""The protocol's operations on auto reviewers."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError
from starlette.concurrency import run_in_threadpool

from quell.errors import InvalidRequestBody
from quell.http.names import check_wide_operation_id
from quell.http.paging import PageQuery, render_page
from quell.http.wire import WireResponse
from quell.reviewers.routing import Endpoints, Route, router_of
from quell.reviewers.schemas import (
    AutoReviewAnswer,
    AutoReviewerAnswer,
    AutoReviewerList,
    AutoReviewText,
    DefinitionBody,
)

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


class ReviewerEndpoints(Endpoints):
    """The operations that the hosted preview had."""

    def router(self) -> APIRouter:
        """Return the routes."""
        one, ids = f"{ROOT}/{{autoReviewerName}}", "AutoReviewerOperations_"
        return router_of(
            "auto reviewers",
            [
                Route(
                    "POST",
                    "/contentsafety/text:autoReview",
                    "TextOperations_AutoReview",
                    self.review,
                    AutoReviewAnswer,
                ),
                Route("GET", ROOT, f"{ids}ListAutoReviewers", self.list, AutoReviewerList),
                Route("GET", one, f"{ids}GetAutoReviewer", self.get, AutoReviewerList),
                Route("PUT", one, f"{ids}CreateOrReplaceAutoReviewer", self.put, AutoReviewerAnswer),
                Route("DELETE", one, f"{ids}DeleteAutoReviewer", self.delete, status=204),
            ],
        )

    async def put(
        self, request: Request, name: ReviewerName, body: DefinitionBody, operation_id: OperationId = None
    ) -> WireResponse:
        """Make a new version of an auto reviewer; the answer comes before it is built."""
        definition = body.definition(self._checked(name))
        sent = (operation_id or "").strip()
        wished = check_wide_operation_id(sent, "Operation-Id") if sent else None
        return await self._make(request, name, definition, AutoReviewerAnswer.of, wished=wished)

    async def get(self, name: ReviewerName, version: VersionQuery = None) -> WireResponse:
        """Read a version of an auto reviewer, the latest when no number is given."""
        found = await run_in_threadpool(self._service.get, self._checked(name), version)
        return WireResponse(AutoReviewerList(value=[AutoReviewerAnswer.of(found)]))

    async def list(self, request: Request, page: PageQuery) -> WireResponse:
        """List the latest version of each auto reviewer, the newest reviewer first."""
        found = await run_in_threadpool(self._service.list, page.skip, page.limit)
        answers = [AutoReviewerAnswer.of(version) for version in found.items]
        return render_page(request, page, answers, more=found.more)

    async def delete(
        self, request: Request, name: ReviewerName, version: VersionQuery = None
    ) -> WireResponse:
        """Delete one version of an auto reviewer, or all; what is being built stops."""
        if version is None and any(each.lower() == "version" for each in request.query_params):
            # A variable that was empty must not delete all of them.
            raise InvalidRequestBody(
                "The parameter 'version' must be a number or be left out.", target="version"
            )
        await run_in_threadpool(self._service.delete, self._checked(name), version)
        return WireResponse(status_code=204)

    async def review(self, body: AutoReviewText) -> WireResponse:
        """Give a text one of the labels of an auto reviewer, and say why."""
        _, review = await self._reviewing.review(
            body.text, body.auto_reviewer_name, body.auto_reviewer_version, body.aoai()
        )
        return WireResponse(AutoReviewAnswer.of(review))
