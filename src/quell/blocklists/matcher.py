"""Which items of which lists a text contains; runs on a worker, because a text can be long."""

from collections.abc import Sequence

from quell.blocklists.domain import Allowance, BlocklistHit, Place, Span, merged
from quell.blocklists.index import ListIndex
from quell.blocklists.views import Views
from quell.text.normalise import Normalised, normalise

MOST_PLACES = 10_000
"""Places of a list's items that are looked at in one text, for each way to read it."""


class BlocklistMatcher:
    """Asks blocklists about a text."""

    def __init__(self, index: ListIndex) -> None:
        self._index = index

    def match(
        self, text: str, normalised: Normalised, names: Sequence[str], target: str = "blocklistNames"
    ) -> list[BlocklistHit]:
        """Return one hit for each item that the text contains, by list, then in the order of the text.

        `normalised` is what `normalise(text)` returns. `target` is what the request calls the list of
        names; an unknown one is refused with its place in it.
        """
        compiled = self._index.named(names, target)
        if not compiled:
            return []
        views = Views(text, normalised)
        return [
            BlocklistHit(one.listed.name, place.item.id, place.item.text, place.start, place.end)
            for one in compiled
            for place in one.first_places(views)
        ]


class AllowlistMatcher:
    """Asks the allow-lists, all of them always, which parts of a text they speak for."""

    def __init__(self, index: ListIndex) -> None:
        self._index = index

    def allowed(
        self, text: str, normalised: Normalised, categories: Sequence[str]
    ) -> dict[str, tuple[Span, ...]]:
        """Return for each category the stretches of the text as it was sent whose verdict is lifted.

        The stretches are in order and do not overlap. Each is an item's place, widened on both sides by
        the window of its list. A category without any has an empty tuple.
        """
        wanted = set(categories)
        spans: dict[str, list[Span]] = {category: [] for category in categories}
        compiled = [one for one in self._index.every() if not wanted.isdisjoint(one.listed.categories)]
        if compiled:
            views = Views(text, normalised)
            for one in compiled:
                places = one.places(views, MOST_PLACES)
                reached = [_widened(place, one.listed.window, len(text)) for place in places]
                for category in wanted.intersection(one.listed.categories):
                    spans[category] += reached
        return {category: merged(found) for category, found in spans.items()}

    def allowances(self, text: str, normalised: Normalised, category: str) -> list[Allowance]:
        """Return the items behind `allowed` for one category, by list, then in the order of the text."""
        compiled = [one for one in self._index.every() if category in one.listed.categories]
        views = Views(text, normalised)
        return [
            Allowance(one.listed.name, place, _widened(place, one.listed.window, len(text)))
            for one in compiled
            for place in one.places(views, MOST_PLACES)
        ]


class ListTest:
    """Shows where the items of one list stand in a text."""

    def __init__(self, index: ListIndex) -> None:
        self._index = index

    def test(self, text: str, name: str, target: str) -> list[Place]:
        """Return the places of all items, in the order of the text."""
        return self._index.one(name, target).places(Views(text, normalise(text)), MOST_PLACES)


def _widened(place: Place, window: int, length: int) -> Span:
    return max(0, place.start - window), min(length, place.end + window)
