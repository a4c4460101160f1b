"""Everything around the lists of one kind, for tests."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from quell.blocklists.domain import BlocklistHit, Item, ItemWrite, Kind, Limits, ListChange
from quell.blocklists.index import ListIndex
from quell.blocklists.matcher import BlocklistMatcher
from quell.blocklists.service import ListService
from quell.blocklists.store import ListStore
from quell.blocklists.transfer import Transfer
from quell.blocklists.wording import ALLOWLIST, BLOCKLIST
from quell.database.base import Database
from quell.text.normalise import normalise


@dataclass(frozen=True)
class Lists:
    """The lists of one kind over a database."""

    kind: Kind
    service: ListService
    transfer: Transfer
    index: ListIndex

    def create(self, name: str, *texts: str, regexes: Sequence[str] = ()) -> Sequence[Item]:
        """Make a list of terms and patterns; return its items."""
        self.service.put(name, ListChange(categories=("Violence",)))
        writes = [ItemWrite(text) for text in texts] + [ItemWrite(text, is_regex=True) for text in regexes]
        return self.service.write(name, writes) if writes else ()

    def hits(self, text: str, *names: str) -> list[BlocklistHit]:
        """Return what the named lists find in a text."""
        return BlocklistMatcher(self.index).match(text, normalise(text), names)

    def found(self, text: str, *names: str) -> list[str]:
        """Return the texts of the items that the named lists find."""
        return [hit.item_text for hit in self.hits(text, *names)]

    def spans(self, text: str, *names: str) -> list[str]:
        """Return the stretches of the text that the named lists find."""
        return [text[hit.start : hit.end] for hit in self.hits(text, *names)]


def build_lists(
    database: Database,
    kind: Kind,
    clock: Callable[[], int],
    new_id: Callable[[], str],
    limits: Limits | None = None,
) -> Lists:
    """Wire the lists of one kind."""
    store, limits = ListStore(kind, new_id), limits or Limits()
    wording = BLOCKLIST if kind == "block" else ALLOWLIST
    return Lists(
        kind,
        ListService(database, store, wording, limits, clock),
        Transfer(database, store, wording, limits, clock),
        ListIndex(database, store, wording),
    )
