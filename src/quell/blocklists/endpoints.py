"""The protocol's operations on text blocklists."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.concurrency import run_in_threadpool

from quell.blocklists.schemas import (
    AddBlockItems,
    AddOrUpdateItems,
    BlockItemAnswer,
    BlockItemPage,
    BlocklistAnswer,
    BlocklistPage,
    BlocklistPatch,
    ItemAnswer,
    ItemPage,
    ItemsWritten,
    RemoveBlockItems,
    RemoveItems,
)
from quell.blocklists.service import ListService
from quell.blocklists.wording import BLOCKLIST_BEFORE_GA
from quell.errors import InvalidRequestBody, InvalidResourceName
from quell.http.context import absolute_url, context_of
from quell.http.names import NamePattern
from quell.http.paging import PageQuery, render_page
from quell.http.wire import WireResponse

ROOT = "/contentsafety/text/blocklists"

BlocklistName = Annotated[str, Path(alias="blocklistName", description="The name of the blocklist.")]
BlocklistItemId = Annotated[str, Path(alias="blocklistItemId", description="The id of the item.")]
BlockItemId = Annotated[str, Path(alias="blockItemId", description="The id of the item.")]

_ITEM_ID_LENGTH = 64


class BlocklistEndpoints:
    """Reads requests about text blocklists, calls one service function each, answers."""

    def __init__(self, *, service: ListService, names: NamePattern) -> None:
        self._service = service
        self._names = names

    def router(self) -> APIRouter:
        """Return the routes; those that end with a verb come before those that would take it for a name."""
        router = APIRouter(tags=["text blocklists"])
        for method, path, name, endpoint, status, answer in self._table():
            router.add_api_route(
                path,
                endpoint,
                methods=[method],
                operation_id=f"TextBlocklists_{name}",
                status_code=status,
                response_model=answer,
                responses={201: {"model": BlocklistAnswer}} if method == "PATCH" else None,
            )
        return router

    def _table(self) -> list[tuple[str, str, str, Any, int, Any]]:
        one, write = f"{ROOT}/{{blocklistName}}", "AddOrUpdateBlocklistItems"
        items, old = f"{one}/blocklistItems", f"{one}/blockItems"
        old_item, item = f"{old}/{{blockItemId}}", f"{items}/{{blocklistItemId}}"
        return [
            ("POST", f"{one}:addOrUpdateBlocklistItems", write, self.write, 200, ItemsWritten),
            ("POST", f"{one}:removeBlocklistItems", "RemoveBlocklistItems", self.remove, 204, None),
            ("POST", f"{one}:addBlockItems", "AddBlockItems", self.add_before_ga, 200, BlockItemPage),
            ("POST", f"{one}:removeBlockItems", "RemoveBlockItems", self.remove_before_ga, 204, None),
            ("GET", ROOT, "ListTextBlocklists", self.list, 200, BlocklistPage),
            ("GET", items, "ListTextBlocklistItems", self.list_items, 200, ItemPage),
            ("GET", item, "GetTextBlocklistItem", self.get_item, 200, ItemAnswer),
            ("GET", old, "ListTextBlocklistItemsBeforeGa", self.list_before_ga, 200, BlockItemPage),
            ("GET", old_item, "GetTextBlocklistItemBeforeGa", self.get_before_ga, 200, BlockItemAnswer),
            ("GET", one, "GetTextBlocklist", self.get, 200, BlocklistAnswer),
            ("PATCH", one, "CreateOrUpdateTextBlocklist", self.put, 200, BlocklistAnswer),
            ("DELETE", one, "DeleteTextBlocklist", self.delete, 204, None),
        ]

    async def get(self, name: BlocklistName) -> WireResponse:
        """Read a text blocklist."""
        listed = await run_in_threadpool(self._service.get, self._checked(name))
        return WireResponse(BlocklistAnswer.of(listed))

    async def put(
        self, request: Request, name: BlocklistName, body: BlocklistPatch | None = None
    ) -> WireResponse:
        """Create a text blocklist or update it."""
        self._checked(name)
        patch = body or BlocklistPatch()
        if patch.blocklist_name is not None and patch.blocklist_name != name:
            raise InvalidRequestBody(
                "The field 'blocklistName' must be the name in the URL.", target="blocklistName"
            )
        listed, created = await run_in_threadpool(self._service.put, name, patch.change())
        headers = {"Location": absolute_url(request, f"{ROOT}/{name}")} if created else None
        return WireResponse(BlocklistAnswer.of(listed), 201 if created else 200, headers)

    async def delete(self, name: BlocklistName) -> WireResponse:
        """Delete a text blocklist and its items."""
        await run_in_threadpool(self._service.delete, self._checked(name))
        return WireResponse(status_code=204)

    async def list(self, request: Request, page: PageQuery) -> WireResponse:
        """List the text blocklists, newest first."""
        found = await run_in_threadpool(self._service.list, page.skip, page.limit)
        return render_page(request, page, [BlocklistAnswer.of(item) for item in found.items], more=found.more)

    async def write(self, request: Request, name: BlocklistName, body: AddOrUpdateItems) -> WireResponse:
        """Add items to a text blocklist or update them; they count at the next request."""
        version = context_of(request.scope).api_version
        writes = body.writes(version)
        items = await run_in_threadpool(self._service.write, self._checked(name), writes)
        return WireResponse(ItemsWritten(blocklist_items=[ItemAnswer.of(item, version) for item in items]))

    async def remove(self, name: BlocklistName, body: RemoveItems) -> WireResponse:
        """Remove items from a text blocklist, all or none."""
        await run_in_threadpool(self._service.remove, self._checked(name), body.blocklist_item_ids)
        return WireResponse(status_code=204)

    async def list_items(self, request: Request, name: BlocklistName, page: PageQuery) -> WireResponse:
        """List the items of a text blocklist, newest first."""
        version = context_of(request.scope).api_version
        found = await run_in_threadpool(self._service.list_items, self._checked(name), page.skip, page.limit)
        answers = [ItemAnswer.of(item, version) for item in found.items]
        return render_page(request, page, answers, more=found.more)

    async def get_item(self, request: Request, name: BlocklistName, item_id: BlocklistItemId) -> WireResponse:
        """Read an item of a text blocklist."""
        check_item_id(item_id, "blocklistItemId")
        item = await run_in_threadpool(self._service.get_item, self._checked(name), item_id)
        return WireResponse(ItemAnswer.of(item, context_of(request.scope).api_version))

    async def add_before_ga(self, name: BlocklistName, body: AddBlockItems) -> WireResponse:
        """Add items to a text blocklist, in the words of 2023-04-30-preview."""
        writes = [item.write() for item in body.block_items]
        items = await run_in_threadpool(self._service.write, self._checked(name), writes, BLOCKLIST_BEFORE_GA)
        return WireResponse(BlockItemPage(value=[BlockItemAnswer.of(item) for item in items]))

    async def remove_before_ga(self, name: BlocklistName, body: RemoveBlockItems) -> WireResponse:
        """Remove items from a text blocklist, in the words of 2023-04-30-preview."""
        await run_in_threadpool(
            self._service.remove, self._checked(name), body.block_item_ids, BLOCKLIST_BEFORE_GA
        )
        return WireResponse(status_code=204)

    async def list_before_ga(self, request: Request, name: BlocklistName, page: PageQuery) -> WireResponse:
        """List the items of a text blocklist, in the words of 2023-04-30-preview."""
        found = await run_in_threadpool(self._service.list_items, self._checked(name), page.skip, page.limit)
        return render_page(request, page, [BlockItemAnswer.of(item) for item in found.items], more=found.more)

    async def get_before_ga(self, name: BlocklistName, item_id: BlockItemId) -> WireResponse:
        """Read an item of a text blocklist, in the words of 2023-04-30-preview."""
        check_item_id(item_id, "blockItemId")
        item = await run_in_threadpool(
            self._service.get_item, self._checked(name), item_id, BLOCKLIST_BEFORE_GA
        )
        return WireResponse(BlockItemAnswer.of(item))

    def _checked(self, name: str) -> str:
        return self._names.check(name, "blocklistName")


def check_item_id(item_id: str, target: str) -> None:
    """Refuse an id in the URL that is too long to be one."""
    if len(item_id) > _ITEM_ID_LENGTH:
        raise InvalidResourceName(f"An item id has at most {_ITEM_ID_LENGTH} characters.", target=target)
