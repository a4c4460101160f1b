"""Everything around the lists of one kind, for tests."""

from collections.abc import Callable, Sequence

from quell.blocklists import assembly
from quell.blocklists.domain import BlocklistHit, Item, ItemWrite, Kind, Limits, ListChange
from quell.blocklists.matcher import BlocklistMatcher
from quell.database.base import Database
from quell.text.normalise import normalise


class Lists(assembly.Lists):
    """The lists of one kind over a database, with short ways to fill and to ask them."""

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
    made = assembly.assemble(database, kind, new_id=new_id, clock=clock, limits=limits)
    return Lists(made.kind, made.service, made.transfer, made.index)
