"""Quell's own operations on allow-lists: the lists and their items."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.concurrency import run_in_threadpool

from quell.blocklists.endpoints import check_item_id
from quell.blocklists.own_schemas import (
    AllowlistAnswer,
    AllowlistItemAnswer,
    AllowlistItemPage,
    AllowlistItemsWritten,
    AllowlistPage,
    AllowlistPatch,
    RemoveAllowlistItems,
    WriteAllowlistItems,
)
from quell.blocklists.service import ListService
from quell.errors import InvalidRequestBody
from quell.http.context import absolute_url
from quell.http.names import NamePattern
from quell.http.paging import PageQuery, render_page
from quell.http.wire import WireResponse

ROOT = "/quell/text/allowlists"

AllowlistName = Annotated[str, Path(alias="allowlistName", description="The name of the allow-list.")]
AllowlistItemId = Annotated[str, Path(alias="allowlistItemId", description="The id of the item.")]


class AllowlistEndpoints:
    """Reads requests about allow-lists, calls one service function each, answers."""

    def __init__(self, *, service: ListService, names: NamePattern) -> None:
        self._service = service
        self._names = names

    def router(self) -> APIRouter:
        """Return the routes; those that end with a verb come before those that would take it for a name."""
        one, items = f"{ROOT}/{{allowlistName}}", f"{ROOT}/{{allowlistName}}/allowlistItems"
        item, write = f"{items}/{{allowlistItemId}}", "WriteAllowlistItems"
        table: list[tuple[str, str, str, Any, int, Any]] = [
            ("POST", f"{one}:addOrUpdateAllowlistItems", write, self.write, 200, AllowlistItemsWritten),
            ("POST", f"{one}:removeAllowlistItems", "RemoveAllowlistItems", self.remove, 204, None),
            ("GET", ROOT, "ListAllowlists", self.list, 200, AllowlistPage),
            ("GET", items, "ListAllowlistItems", self.list_items, 200, AllowlistItemPage),
            ("GET", item, "GetAllowlistItem", self.get_item, 200, AllowlistItemAnswer),
            ("GET", one, "GetAllowlist", self.get, 200, AllowlistAnswer),
            ("PATCH", one, "PutAllowlist", self.put, 200, AllowlistAnswer),
            ("DELETE", one, "DeleteAllowlist", self.delete, 204, None),
        ]
        router = APIRouter(tags=["quell"])
        for method, path, name, endpoint, status, answer in table:
            router.add_api_route(
                path,
                endpoint,
                methods=[method],
                operation_id=f"Quell_{name}",
                status_code=status,
                response_model=answer,
                responses={201: {"model": AllowlistAnswer}} if method == "PATCH" else None,
            )
        return router

    async def get(self, name: AllowlistName) -> WireResponse:
        """Read an allow-list."""
        listed = await run_in_threadpool(self._service.get, self._checked(name))
        return WireResponse(AllowlistAnswer.of(listed))

    async def put(self, request: Request, name: AllowlistName, body: AllowlistPatch) -> WireResponse:
        """Create an allow-list or update it."""
        self._checked(name)
        if body.allowlist_name is not None and body.allowlist_name != name:
            raise InvalidRequestBody(
                "The field 'allowlistName' must be the name in the URL.", target="allowlistName"
            )
        listed, created = await run_in_threadpool(self._service.put, name, body.change())
        headers = {"Location": absolute_url(request, f"{ROOT}/{name}")} if created else None
        return WireResponse(AllowlistAnswer.of(listed), 201 if created else 200, headers)

    async def delete(self, name: AllowlistName) -> WireResponse:
        """Delete an allow-list and its items."""
        await run_in_threadpool(self._service.delete, self._checked(name))
        return WireResponse(status_code=204)

    async def list(self, request: Request, page: PageQuery) -> WireResponse:
        """List the allow-lists, newest first."""
        found = await run_in_threadpool(self._service.list, page.skip, page.limit)
        return render_page(request, page, [AllowlistAnswer.of(item) for item in found.items], more=found.more)

    async def write(self, name: AllowlistName, body: WriteAllowlistItems) -> WireResponse:
        """Add items to an allow-list or update them; they count at the next request."""
        writes = [item.write() for item in body.allowlist_items]
        items = await run_in_threadpool(self._service.write, self._checked(name), writes)
        answers = [AllowlistItemAnswer.of(item) for item in items]
        return WireResponse(AllowlistItemsWritten(allowlist_items=answers))

    async def remove(self, name: AllowlistName, body: RemoveAllowlistItems) -> WireResponse:
        """Remove items from an allow-list, all or none."""
        await run_in_threadpool(self._service.remove, self._checked(name), body.allowlist_item_ids)
        return WireResponse(status_code=204)

    async def list_items(self, request: Request, name: AllowlistName, page: PageQuery) -> WireResponse:
        """List the items of an allow-list, newest first."""
        found = await run_in_threadpool(self._service.list_items, self._checked(name), page.skip, page.limit)
        answers = [AllowlistItemAnswer.of(item) for item in found.items]
        return render_page(request, page, answers, more=found.more)

    async def get_item(self, name: AllowlistName, item_id: AllowlistItemId) -> WireResponse:
        """Read an item of an allow-list."""
        check_item_id(item_id, "allowlistItemId")
        item = await run_in_threadpool(self._service.get_item, self._checked(name), item_id)
        return WireResponse(AllowlistItemAnswer.of(item))

    def _checked(self, name: str) -> str:
        return self._names.check(name, "allowlistName")
