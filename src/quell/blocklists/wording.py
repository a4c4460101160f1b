"""How the two kinds of list are called in sentences and on the wire."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """The words for one kind of list; `items` and `ids` are the members of a request that hold them."""

    noun: str
    name: str
    items: str
    ids: str
    item_id: str

    def item(self, number: int, member: str = "text") -> str:
        """Return the path of a member of an item in a request."""
        return f"{self.items}[{number}].{member}"


BLOCKLIST = Wording("blocklist", "blocklistName", "blocklistItems", "blocklistItemIds", "blocklistItemId")
BLOCKLIST_BEFORE_GA = Wording("blocklist", "blocklistName", "blockItems", "blockItemIds", "blockItemId")
ALLOWLIST = Wording("allow-list", "allowlistName", "allowlistItems", "allowlistItemIds", "allowlistItemId")
