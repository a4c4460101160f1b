"""The wire shapes of Quell's own operations: allow-lists, test, export and import of a list."""

from enum import Enum
from typing import Annotated, ClassVar

from pydantic import Field

from quell.blocklists.domain import (
    ITEMS_PER_CALL,
    MAX_WINDOW,
    TEXT_LENGTH,
    Item,
    ItemWrite,
    ListChange,
    Place,
    TermList,
)
from quell.blocklists.schemas import Description, ItemId, ItemIds, ItemText, kept_or
from quell.blocklists.transfer import Imported
from quell.http.wire import Timestamp, WireAnswer, WireModel, ignoring_case
from quell.values import KEEP

SHOWN_PLACES = 1_000
"""Places that the answer of a test shows at most."""


class HarmCategory(Enum):
    """The categories whose verdict an allow-list can lift."""

    HATE = "Hate"
    SELF_HARM = "SelfHarm"
    SEXUAL = "Sexual"
    VIOLENCE = "Violence"


class AllowlistPatch(WireModel):
    """What a PATCH of an allow-list may hold; `window` counts code points on either side of an item."""

    READ_ONLY: ClassVar[frozenset[str]] = frozenset({"itemCount", "created", "lastUpdated"})

    allowlist_name: str | None = None
    description: Description | None = None
    categories: (
        Annotated[
            list[Annotated[HarmCategory, ignoring_case(HarmCategory)]], Field(min_length=1, max_length=4)
        ]
        | None
    ) = None
    window: Annotated[int, Field(ge=0, le=MAX_WINDOW)] | None = None

    def change(self) -> ListChange:
        """Return the change: absent members are kept; null removes a description and closes the window."""
        wanted = set(self.categories or ())
        categories = tuple(category.value for category in HarmCategory if category in wanted)
        return ListChange(
            description=kept_or(self, "description", self.description),
            categories=categories or KEEP,
            window=(self.window or 0) if "window" in self.model_fields_set else KEEP,
        )


class AllowlistAnswer(WireAnswer):
    """An allow-list."""

    allowlist_name: str
    description: str | None = None
    categories: list[str]
    window: int
    item_count: int
    created: Timestamp
    last_updated: Timestamp

    @classmethod
    def of(cls, listed: TermList) -> "AllowlistAnswer":
        """Render an allow-list."""
        return cls(
            allowlist_name=listed.name,
            description=listed.description,
            categories=list(listed.categories),
            window=listed.window,
            item_count=listed.items,
            created=listed.created,
            last_updated=listed.updated,
        )


class AllowlistPage(WireAnswer):
    """A page of allow-lists."""

    value: list[AllowlistAnswer]
    next_link: str | None = None


class AllowlistItemToWrite(WireModel):
    """An item to add; with an id, the item to update."""

    EMPTY_IS_ABSENT: ClassVar[frozenset[str]] = frozenset({"allowlistItemId"})

    allowlist_item_id: ItemId | None = None
    description: Description | None = None
    text: ItemText
    is_regex: bool | None = None

    def write(self) -> ItemWrite:
        """Return the item to write: members that are absent stay as they are."""
        return ItemWrite(
            self.text,
            self.allowlist_item_id,
            KEEP if self.is_regex is None else self.is_regex,
            kept_or(self, "description", self.description),
        )


class WriteAllowlistItems(WireModel):
    """Items to be added or updated, all or none."""

    allowlist_items: Annotated[list[AllowlistItemToWrite], Field(min_length=1, max_length=ITEMS_PER_CALL)]


class AllowlistItemAnswer(WireAnswer):
    """An item."""

    allowlist_item_id: str
    description: str | None = None
    text: str
    is_regex: bool

    @classmethod
    def of(cls, item: Item) -> "AllowlistItemAnswer":
        """Render an item."""
        return cls(
            allowlist_item_id=item.id, description=item.description, text=item.text, is_regex=item.is_regex
        )


class AllowlistItemsWritten(WireAnswer):
    """The items that were added or updated, in the order of the request."""

    allowlist_items: list[AllowlistItemAnswer]


class AllowlistItemPage(WireAnswer):
    """A page of items."""

    value: list[AllowlistItemAnswer]
    next_link: str | None = None


class RemoveAllowlistItems(WireModel):
    """Items to be removed, all or none."""

    allowlist_item_ids: ItemIds


class TestText(WireModel):
    """A text to try a list on."""

    text: Annotated[str, Field(min_length=1, max_length=TEXT_LENGTH)]


class PlaceAnswer(WireAnswer):
    """Where an item stands in the text, in code points.

    Not `literal` means that it shows only once evasion tricks are undone.
    """

    item_id: str
    item_text: str
    is_regex: bool
    offset: int
    length: int
    text: str
    literal: bool

    @classmethod
    def of(cls, place: Place, text: str) -> "PlaceAnswer":
        """Render a place with the stretch of the text that lies there."""
        return cls(
            item_id=place.item.id,
            item_text=place.item.text,
            is_regex=place.item.is_regex,
            offset=place.start,
            length=place.end - place.start,
            text=text[place.start : place.end],
            literal=place.literal,
        )


class TestAnswer(WireAnswer):
    """The places of all items in the order of the text; `truncated` when there are more than are shown."""

    matches: list[PlaceAnswer]
    truncated: bool


class ImportAnswer(WireAnswer):
    """What an import has done."""

    name: str
    added: int
    updated: int
    item_count: int

    @classmethod
    def of(cls, done: Imported) -> "ImportAnswer":
        """Render the outcome of an import."""
        return cls(name=done.name, added=done.added, updated=done.updated, item_count=done.items)
