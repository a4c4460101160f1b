"""Lists in pages: `top`, `skip` and `maxpagesize` in, `value` and an absolute `nextLink` out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query, Request
from pydantic import BaseModel, BeforeValidator, JsonValue
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from quell.http.context import absolute_url
from quell.http.wire import WireResponse

DEFAULT_PAGE_SIZE = 100
"""Items of a page when the client does not say."""

LARGEST_PAGE_SIZE = 1000
"""Items of a page at most, whatever the client says."""

_INT32_MAX = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Page:
    """The part of a list that is asked for.

    `top` caps the items over all pages, `skip` is the offset in the list, `maxpagesize` caps one page.
    """

    top: int | None = None
    skip: int = 0
    maxpagesize: int | None = None

    @property
    def limit(self) -> int:
        """How many items this page holds at most; ask the store for one more to learn whether more follow."""
        size = min(self.maxpagesize or DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE)
        return size if self.top is None else min(size, self.top)


def _whole_number(smallest: int) -> BeforeValidator:
    def read(value: object) -> object:
        # Only digits: int() would also take "1_000", "٣" and "+1".
        text = str(value).strip()
        if value is None or text == "":
            return None
        if text.isascii() and text.isdigit() and len(text) <= 10 and smallest <= int(text) <= _INT32_MAX:
            return int(text)
        raise PydanticCustomError(
            "must",
            "{sentence}",
            {"sentence": f"must be an integer from {smallest} to {_INT32_MAX}."},
        )

    return BeforeValidator(read)


def _count(smallest: int, description: str) -> FieldInfo:
    # Not as ge and le: pydantic would compare them with the None that an empty parameter becomes.
    bounds: dict[str, JsonValue] = {"minimum": smallest, "maximum": _INT32_MAX}
    read: FieldInfo = Query(description=description, json_schema_extra=bounds)
    return read


def read_page(
    top: Annotated[int | None, _whole_number(0), _count(0, "Cap on the items over all pages.")] = None,
    skip: Annotated[int | None, _whole_number(0), _count(0, "Items to pass over.")] = None,
    maxpagesize: Annotated[int | None, _whole_number(1), _count(1, "Cap on the items of one page.")] = None,
) -> Page:
    """Read the paging parameters of a request."""
    return Page(top, skip or 0, maxpagesize)


PageQuery = Annotated[Page, Depends(read_page)]
"""The parameter of a list endpoint: `def list_things(request: Request, page: PageQuery)`."""


def render_page(request: Request, page: Page, items: Sequence[BaseModel], *, more: bool) -> WireResponse:
    """Return one page of a list; `more` says whether the list goes on after these items."""
    body: dict[str, object] = {
        "value": [item.model_dump(mode="json", by_alias=True, exclude_none=True) for item in items]
    }
    left = None if page.top is None else page.top - len(items)
    if more and items and left != 0:
        body["nextLink"] = absolute_url(
            request,
            request.url.path,
            top=left,
            skip=page.skip + len(items),
            maxpagesize=page.maxpagesize,
        )
    return WireResponse(body)
