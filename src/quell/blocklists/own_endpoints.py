"""Quell's own operations on lists of both kinds: try a text, export and import."""

import asyncio
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from quell.blocklists.domain import Kind
from quell.blocklists.files import read_csv, read_json_lines, write_csv, write_json_lines
from quell.blocklists.matcher import ListTest
from quell.blocklists.own_schemas import SHOWN_PLACES, ImportAnswer, PlaceAnswer, TestAnswer, TestText
from quell.blocklists.transfer import Imported, Transfer
from quell.http.media_type import CSV, JSON_LINES, media_type
from quell.http.names import NamePattern
from quell.http.wire import WireResponse
from quell.workers import Workers

ListName = Annotated[str, Path(alias="listName", description="The name of the list.")]
Format = Annotated[Literal["jsonl", "csv"], Query(alias="format", description="The form of the file.")]
Replace = Annotated[bool, Query(description="Put the rows in place of the items of the list.")]

_LINES_PER_PIECE = 500

_FILE = {"schema": {"type": "string"}}
_FILES: dict[str, Any] = {CSV: _FILE, JSON_LINES: _FILE}


class OwnListEndpoints:
    """Reads requests about lists of one kind, calls one service function each, answers."""

    def __init__(
        self, *, kind: Kind, test: ListTest, transfer: Transfer, workers: Workers, names: NamePattern
    ) -> None:
        self._kind = kind
        self._test = test
        self._transfer = transfer
        self._workers = workers
        self._names = names

    def router(self) -> APIRouter:
        """Return the routes."""
        one, name = f"/quell/text/{self._kind}lists/{{listName}}", f"{self._kind.capitalize()}list"
        router = APIRouter(tags=["quell"])
        router.add_api_route(
            f"{one}:test",
            self.test,
            methods=["POST"],
            operation_id=f"Quell_Test{name}",
            response_model=TestAnswer,
        )
        router.add_api_route(
            f"{one}:export",
            self.export,
            methods=["GET"],
            operation_id=f"Quell_Export{name}",
            response_class=StreamingResponse,
            responses={200: {"description": "The file.", "content": _FILES}},
        )
        router.add_api_route(
            f"{one}:import",
            self.bring_in,
            methods=["POST"],
            operation_id=f"Quell_Import{name}",
            response_model=ImportAnswer,
            responses={201: {"model": ImportAnswer}},
            openapi_extra={"requestBody": {"required": True, "content": _FILES}},
        )
        return router

    async def test(self, name: ListName, body: TestText) -> WireResponse:
        """Say which items of a list a text contains, and where."""
        found = await asyncio.wrap_future(
            self._workers.submit(self._test.test, body.text, self._checked(name), "listName")
        )
        shown = [PlaceAnswer.of(place, body.text) for place in found[:SHOWN_PLACES]]
        return WireResponse(TestAnswer(matches=shown, truncated=len(found) > len(shown)))

    async def export(self, name: ListName, form: Format = "jsonl") -> StreamingResponse:
        """Write the items of a list as a file."""
        items = await run_in_threadpool(self._transfer.export, self._checked(name))
        lines, kind = (write_csv(items), CSV) if form == "csv" else (write_json_lines(items), JSON_LINES)
        filename = f"{name}.{self._kind}list.{form}"
        return StreamingResponse(
            _pieces(lines),
            media_type=f"{kind}; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{filename}"'},
        )

    async def bring_in(self, request: Request, name: ListName, replace: Replace = False) -> WireResponse:
        """Bring the items of a file into a list, all of them or none."""
        self._checked(name)
        body = await request.body()
        read = read_csv if media_type(request.headers) == CSV else read_json_lines
        done = await run_in_threadpool(self._bring_in, name, read, body, replace=replace)
        return WireResponse(ImportAnswer.of(done), 201 if done.created else 200)

    def _bring_in(self, name: str, read: Callable[[bytes], Any], body: bytes, *, replace: bool) -> Imported:
        return self._transfer.bring_in(name, read(body), replace=replace)

    def _checked(self, name: str) -> str:
        return self._names.check(name, "listName")


def _pieces(lines: Iterator[bytes]) -> Iterator[bytes]:
    # Each piece is a trip through the thread pool, too long for one line.
    while piece := b"".join(islice(lines, _LINES_PER_PIECE)):
        yield piece
