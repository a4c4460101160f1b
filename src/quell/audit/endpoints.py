"""Quell's own routes of the audit log: a page of it, and all of it as a file."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from quell.audit.domain import FOREVER, Span
from quell.audit.files import write_csv, write_json_lines
from quell.audit.schemas import AuditAnswer, EntryAnswer
from quell.audit.service import CHUNK, AuditLog
from quell.errors import InvalidRequestBody
from quell.http.context import absolute_url
from quell.http.wire import WireResponse

_FILES: dict[str, dict[str, object]] = {"application/jsonl": {}, "text/csv": {}}

Since = Annotated[
    str | None, Query(max_length=40, description="Only from this moment on, as 2026-11-25T00:00:00Z.")
]
Until = Annotated[str | None, Query(max_length=40, description="Only before this moment.")]
Actor = Annotated[str, Query(max_length=160, description="Only what this key, token or account asked for.")]
Before = Annotated[int | None, Query(ge=1, le=FOREVER, description="Only entries with a lower id.")]
PageSize = Annotated[int, Query(ge=1, le=1_000, description="How many entries a page has.")]
Format = Annotated[Literal["jsonl", "csv"], Query(description="The form of the file.")]


class AuditEndpoints:
    """Reads requests for the log, answers with entries."""

    def __init__(self, log: AuditLog) -> None:
        self._log = log

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(tags=["quell"])
        router.add_api_route(
            "/quell/audit",
            self.page,
            methods=["GET"],
            operation_id="Quell_ListAudit",
            response_model=AuditAnswer,
        )
        router.add_api_route(
            "/quell/audit:export",
            self.export,
            methods=["GET"],
            operation_id="Quell_ExportAudit",
            response_class=StreamingResponse,
            responses={200: {"description": "The file.", "content": _FILES}},
        )
        return router

    async def page(
        self,
        request: Request,
        *,
        since: Since = None,
        until: Until = None,
        actor: Actor = "",
        before: Before = None,
        maxpagesize: PageSize = 100,
    ) -> WireResponse:
        """List the changes that were asked for, the newest first."""
        span = Span(_moment(since, 0, "since"), _moment(until, FOREVER, "until"), actor)
        found, more = await run_in_threadpool(self._log.page, span, before, maxpagesize)
        link = None
        if more:
            link = absolute_url(
                request,
                "/quell/audit",
                since=since,
                until=until,
                actor=actor or None,
                maxpagesize=maxpagesize,
                before=found[-1].seq,
            )
        return WireResponse(AuditAnswer(value=[EntryAnswer.of(entry) for entry in found], next_link=link))

    async def export(
        self, since: Since = None, until: Until = None, actor: Actor = "", form: Format = "jsonl"
    ) -> StreamingResponse:
        """Write the log as a file, the oldest entry first."""
        span = Span(_moment(since, 0, "since"), _moment(until, FOREVER, "until"), actor)
        entries = self._log.export(span)
        lines = write_csv(entries) if form == "csv" else write_json_lines(entries)
        kind = "text/csv" if form == "csv" else "application/jsonl"
        return StreamingResponse(
            _pieces(lines),
            media_type=f"{kind}; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="audit.{form}"'},
        )


def _moment(text: str | None, otherwise: int, name: str) -> int:
    if not text:
        return otherwise
    moment = read_moment(text)
    if moment is None:
        raise InvalidRequestBody(f"'{name}' must be a moment, as 2026-11-25T00:00:00Z.", target=name)
    return moment


def read_moment(text: str) -> int | None:
    """Return microseconds since 1970 of an ISO 8601 date or time, UTC where it names no zone; else None."""
    try:
        moment = datetime.fromisoformat(text)
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return round(zoned.timestamp() * 1_000_000)
    except (ValueError, OverflowError):
        return None


def _pieces(lines: Iterator[bytes]) -> Iterator[bytes]:
    # Each piece is a trip through the thread pool, too long for one line.
    while piece := b"".join(islice(lines, CHUNK)):
        yield piece
