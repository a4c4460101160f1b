"""Quell's own operations on auto reviewers: inline examples, progress, reports, comparison, batch review."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from quell.errors import InvalidRequestBody
from quell.http.media_type import JSON_LINES
from quell.http.names import NamePattern
from quell.http.openapi import inlined
from quell.http.paging import PageQuery, render_page
from quell.http.wire import WireResponse
from quell.reviewers.batch import (
    COMPARED_TEXTS,
    LabelledTexts,
    ReviewTexts,
    TestRow,
    read_labelled,
    read_review,
    reviewed,
)
from quell.reviewers.desk import Seated
from quell.reviewers.domain import Example, Review, ReviewerVersion
from quell.reviewers.endpoints import ReviewerName, VersionQuery
from quell.reviewers.examples import pack
from quell.reviewers.own_schemas import (
    ComparisonAnswer,
    OwnDefinition,
    OwnReviewAnswer,
    OwnReviewText,
    ReportStateAnswer,
    VersionDetail,
    VersionPage,
)
from quell.reviewers.quality import Judged, Quality
from quell.reviewers.reviewing import Reviewing
from quell.reviewers.routing import Endpoints, Route, router_of
from quell.reviewers.service import ReviewerService

ROOT = "/quell/text/autoReviewers"
Number = Annotated[int, Path(alias="version", ge=1, le=2**31 - 1, description="The number of the version.")]

_LINES: dict[str, Any] = {JSON_LINES: {"schema": {"type": "string"}}}


def _takes(model: type[BaseModel], sentence: str) -> dict[str, Any]:
    lines = {"schema": {"type": "string", "description": sentence}}
    content = {"application/json": {"schema": inlined(model)}, JSON_LINES: lines}
    return {"requestBody": {"required": True, "content": content}}


_TEXTS = _takes(ReviewTexts, 'Lines such as {"text": "…"}; other members are ignored.')
_LABELLED = _takes(LabelledTexts, 'Lines such as {"text": "…", "labelName": "…"}.')


class OwnReviewerEndpoints(Endpoints):
    """The operations that only Quell has."""

    def __init__(
        self, service: ReviewerService, quality: Quality, reviewing: Reviewing, names: NamePattern
    ) -> None:
        super().__init__(service, reviewing, names)
        self._quality = quality

    def router(self) -> APIRouter:
        """Return the routes; those that end with a verb come before those that would take it for a name."""
        one, version = f"{ROOT}/{{autoReviewerName}}", f"{ROOT}/{{autoReviewerName}}/versions/{{version}}"
        state, detail = ReportStateAnswer, VersionDetail
        router = router_of(
            "quell",
            [
                Route("POST", "/quell/text:review", "Quell_ReviewText", self.review, OwnReviewAnswer),
                Route(
                    "POST",
                    f"{one}:compare",
                    "Quell_CompareAutoReviewers",
                    self.compare,
                    ComparisonAnswer,
                    extra=_LABELLED,
                ),
                Route(
                    "POST",
                    f"{version}:report",
                    "Quell_BeginAutoReviewerReport",
                    self.begin,
                    state,
                    status=202,
                ),
                Route("GET", f"{version}/report", "Quell_GetAutoReviewerReport", self.report, state),
                Route("GET", version, "Quell_GetAutoReviewerVersion", self.detail, detail),
                Route("GET", one, "Quell_ListAutoReviewerVersions", self.versions, VersionPage),
                Route("PUT", one, "Quell_PutAutoReviewer", self.put, detail),
            ],
        )
        self._add_files(router, one, version)
        return router

    def _add_files(self, router: APIRouter, one: str, version: str) -> None:
        shared: dict[str, Any] = {
            "response_class": StreamingResponse,
            "responses": {200: {"description": "JSON Lines.", "content": _LINES}},
        }
        router.add_api_route(
            f"{one}:review",
            self.review_file,
            methods=["POST"],
            operation_id="Quell_ReviewFile",
            openapi_extra=_TEXTS,
            **shared,
        )
        router.add_api_route(
            f"{version}/examples",
            self.examples,
            methods=["GET"],
            operation_id="Quell_GetAutoReviewerExamples",
            **shared,
        )

    async def put(self, request: Request, name: ReviewerName, body: OwnDefinition) -> WireResponse:
        """Make a new version whose examples stand in the request."""
        definition, examples = body.own_definition(self._checked(name))
        if examples and definition.example_blob_url is not None:
            raise InvalidRequestBody(
                "Only one of 'examples' and 'exampleBlobUrl' may be given.", target="examples"
            )

        def render(version: ReviewerVersion) -> VersionDetail:
            return VersionDetail.with_build(version, None)

        return await self._make(request, name, definition, render, examples=examples)

    async def versions(self, request: Request, name: ReviewerName, page: PageQuery) -> WireResponse:
        """List the versions of an auto reviewer, the newest first."""
        found = await run_in_threadpool(
            self._service.list_versions, self._checked(name), page.skip, page.limit
        )
        answers = [VersionDetail.with_build(version, job) for version, job in found.items]
        return render_page(request, page, answers, more=found.more)

    async def detail(self, name: ReviewerName, number: Number) -> WireResponse:
        """Read a version and how far its build is."""
        found = await run_in_threadpool(self._service.detail, self._checked(name), number)
        return WireResponse(VersionDetail.with_build(*found))

    async def examples(self, name: ReviewerName, number: Number) -> StreamingResponse:
        """Write the examples of a version as JSON Lines."""
        found = await run_in_threadpool(self._service.examples, self._checked(name), number)
        headers = {"Content-Disposition": f'attachment; filename="{name}.v{number}.jsonl"'}
        return StreamingResponse(iter([pack(found)]), media_type=_LINES_TYPE, headers=headers)

    async def begin(self, name: ReviewerName, number: Number) -> WireResponse:
        """Begin the cross-validated report on a version."""
        state = await run_in_threadpool(self._quality.begin, self._checked(name), number)
        return WireResponse(ReportStateAnswer.of(state), 202)

    async def report(self, name: ReviewerName, number: Number) -> WireResponse:
        """Read the cross-validated report on a version, or how far it is."""
        state = await run_in_threadpool(self._quality.read, self._checked(name), number)
        return WireResponse(ReportStateAnswer.of(state))

    async def review(self, body: OwnReviewText) -> WireResponse:
        """Review a text, and say which version and engine did and how sure it is."""
        seated, review = await self._reviewing.review(
            body.text, body.auto_reviewer_name, body.auto_reviewer_version
        )
        return WireResponse(OwnReviewAnswer.by(seated, review))

    async def review_file(
        self, request: Request, name: ReviewerName, version: VersionQuery = None
    ) -> StreamingResponse:
        """Review the lines of a file, one line of the answer for each."""
        rows = await run_in_threadpool(read_review, await request.body(), request.headers)
        seated = await self._reviewing.find(self._checked(name), version)
        return StreamingResponse(self._answers(seated, rows), media_type=_LINES_TYPE)

    async def compare(
        self,
        request: Request,
        name: ReviewerName,
        first: Annotated[int, Query(ge=1, le=2**31 - 1, description="The one version.")],
        second: Annotated[int, Query(ge=1, le=2**31 - 1, description="The other version.")],
    ) -> WireResponse:
        """Compare two versions on the same labelled texts."""
        one = await self._reviewing.find(self._checked(name), first)
        other = await self._reviewing.find(name, second)
        judged = await self._judge(one, request), await self._judge(other, request)
        answer = await run_in_threadpool(ComparisonAnswer.of, (first, second), judged)
        return WireResponse(answer)

    async def _judge(self, seated: Seated, request: Request) -> Judged:
        body, labels = await request.body(), seated.version.labels
        rows = await run_in_threadpool(read_labelled, body, request.headers, labels)
        if len(rows) > COMPARED_TEXTS:
            raise InvalidRequestBody(f"A comparison has at most {COMPARED_TEXTS:,} texts.")

        def review(example: Example) -> Review:
            return seated.review(example.text)

        reviews: list[Review] = []
        async with aclosing(self._reviewing.in_turn(seated, review, rows)) as pieces:
            async for piece in pieces:
                reviews += piece
        return Judged(seated.version, tuple(rows), tuple(reviews))

    async def _answers(self, seated: Seated, rows: list[TestRow]) -> AsyncGenerator[bytes, None]:
        answer = reviewed(seated, self._reviewing.witness)
        async with aclosing(self._reviewing.in_turn(seated, answer, rows)) as pieces:
            async for piece in pieces:
                yield b"".join(piece)


_LINES_TYPE = f"{JSON_LINES}; charset=utf-8"
