"""The wire shapes of the protocol's operations on text blocklists, in the words of both generations."""

from typing import Annotated, ClassVar

from pydantic import Field

from quell.blocklists.domain import (
    DESCRIPTION_LENGTH,
    ITEM_LENGTH,
    ITEMS_PER_CALL,
    Item,
    ItemWrite,
    ListChange,
    TermList,
)
from quell.errors import InvalidRequestBody
from quell.http.api_version import ApiVersion
from quell.http.wire import WireAnswer, WireModel
from quell.values import KEEP, Keep

FIRST_WITH_REGEX = ApiVersion.of("2024-04-15-preview")
"""The first version in which an item can be a pattern; earlier ones do not show which are."""

Description = Annotated[str, Field(max_length=DESCRIPTION_LENGTH)]
ItemText = Annotated[str, Field(min_length=1, max_length=ITEM_LENGTH)]
ItemId = Annotated[str, Field(max_length=64)]
ItemIds = Annotated[list[ItemId], Field(min_length=1, max_length=ITEMS_PER_CALL)]


class BlocklistPatch(WireModel):
    """What a PATCH of a blocklist may hold."""

    blocklist_name: str | None = None
    description: Description | None = None

    def change(self) -> ListChange:
        """Return the change: absent members are kept, null and the empty string remove."""
        return ListChange(description=kept_or(self, "description", self.description))


class BlocklistAnswer(WireAnswer):
    """A blocklist."""

    blocklist_name: str
    description: str | None = None

    @classmethod
    def of(cls, listed: TermList) -> "BlocklistAnswer":
        """Render a blocklist."""
        return cls(blocklist_name=listed.name, description=listed.description)


class BlocklistPage(WireAnswer):
    """A page of blocklists."""

    value: list[BlocklistAnswer]
    next_link: str | None = None


class ItemToWrite(WireModel):
    """An item to add; with an id, the item to update."""

    EMPTY_IS_ABSENT: ClassVar[frozenset[str]] = frozenset({"blocklistItemId"})

    blocklist_item_id: ItemId | None = None
    description: Description | None = None
    text: ItemText
    is_regex: bool | None = None

    def write(self) -> ItemWrite:
        """Return the item to write: members that are absent stay as they are."""
        return ItemWrite(
            self.text,
            self.blocklist_item_id,
            KEEP if self.is_regex is None else self.is_regex,
            kept_or(self, "description", self.description),
        )


class AddOrUpdateItems(WireModel):
    """Items to be added or updated, all or none."""

    blocklist_items: Annotated[list[ItemToWrite], Field(min_length=1, max_length=ITEMS_PER_CALL)]

    def writes(self, version: ApiVersion | None) -> list[ItemWrite]:
        """Return the items to write, or refuse what an api-version does not have."""
        if not has_regex(version):
            for number, item in enumerate(self.blocklist_items):
                if "is_regex" in item.model_fields_set:
                    raise InvalidRequestBody(
                        f"The field 'isRegex' is not supported in the api-version {version}.",
                        target=f"blocklistItems[{number}].isRegex",
                    )
        return [item.write() for item in self.blocklist_items]


class ItemAnswer(WireAnswer):
    """An item."""

    blocklist_item_id: str
    description: str | None = None
    text: str
    is_regex: bool | None = None

    @classmethod
    def of(cls, item: Item, version: ApiVersion | None) -> "ItemAnswer":
        """Render an item for an api-version."""
        return cls(
            blocklist_item_id=item.id,
            description=item.description,
            text=item.text,
            is_regex=item.is_regex if has_regex(version) else None,
        )


class ItemsWritten(WireAnswer):
    """The items that were added or updated, in the order of the request."""

    blocklist_items: list[ItemAnswer]


class ItemPage(WireAnswer):
    """A page of items."""

    value: list[ItemAnswer]
    next_link: str | None = None


class RemoveItems(WireModel):
    """Items to be removed, all or none."""

    blocklist_item_ids: ItemIds


class BlockItemToAdd(WireModel):
    """An item to add, in the words of 2023-04-30-preview."""

    READ_ONLY: ClassVar[frozenset[str]] = frozenset({"blockItemId"})

    description: Description | None = None
    text: ItemText

    def write(self) -> ItemWrite:
        """Return the item to write."""
        return ItemWrite(self.text, description=kept_or(self, "description", self.description))


class AddBlockItems(WireModel):
    """Items to be added, in the words of 2023-04-30-preview."""

    block_items: Annotated[list[BlockItemToAdd], Field(min_length=1, max_length=ITEMS_PER_CALL)]


class BlockItemAnswer(WireAnswer):
    """An item, in the words of 2023-04-30-preview."""

    block_item_id: str
    description: str | None = None
    text: str

    @classmethod
    def of(cls, item: Item) -> "BlockItemAnswer":
        """Render an item."""
        return cls(block_item_id=item.id, description=item.description, text=item.text)


class BlockItemPage(WireAnswer):
    """A page of items, in the words of 2023-04-30-preview; also the answer of addBlockItems."""

    value: list[BlockItemAnswer]
    next_link: str | None = None


class RemoveBlockItems(WireModel):
    """Items to be removed, in the words of 2023-04-30-preview."""

    block_item_ids: ItemIds


def has_regex(version: ApiVersion | None) -> bool:
    """Whether an api-version knows patterns; None stands for Quell's own operations, which do."""
    return version is None or version >= FIRST_WITH_REGEX


def kept_or(model: WireModel, member: str, value: str | None) -> str | Keep | None:
    """Return a text that was sent, None where null or nothing was sent in it, KEEP where it is absent."""
    return (value or None) if member in model.model_fields_set else KEEP
