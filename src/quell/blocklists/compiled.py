"""A list made ready to be asked: one automaton for its terms, a few sets for its patterns."""

from collections.abc import Iterable, Sequence
from itertools import islice

from quell.blocklists.domain import Item, Place, TermList
from quell.blocklists.pattern import PatternSet
from quell.blocklists.terms import TermIndex
from quell.blocklists.views import View, Views


class CompiledList:
    """One version of a list; it never changes, when the list does a new one is made."""

    def __init__(self, listed: TermList, items: Sequence[Item]) -> None:
        self.listed = listed
        self._items = items
        numbered = list(enumerate(items))
        self._terms = TermIndex([(number, item.text) for number, item in numbered if not item.is_regex])
        self._patterns = PatternSet([(number, item.text) for number, item in numbered if item.is_regex])

    def first_places(self, views: Views) -> list[Place]:
        """Return the first place of each item that the text contains, in the order of the text.

        An item that the text contains as it was sent is not looked for behind tricks.
        """
        found: dict[int, Place] = {}
        for view in views.for_terms:
            self._first_terms(view, found)
        for view in views.all:
            for number, (start, end) in self._patterns.find(view.text):
                if number not in found:
                    found[number] = self._place(number, view, *view.span(start, end))
        return _in_order(found.values())

    def places(self, views: Views, limit: int) -> list[Place]:
        """Return the places of all items in the order of the text, about `limit` of them at most."""
        found: dict[tuple[int, int, int], Place] = {}
        for view in views.for_terms:
            for number, start, end in islice(self._terms.find(view.folded), limit):
                span = view.span_of_folded(start, end)
                found.setdefault((number, *span), self._place(number, view, *span))
        for view in views.all:
            for number, (start, end) in islice(self._patterns.find(view.text, limit), limit):
                span = view.span(start, end)
                found.setdefault((number, *span), self._place(number, view, *span))
        return _in_order(found.values())

    def _first_terms(self, view: View, found: dict[int, Place]) -> None:
        known = frozenset(found)
        first: dict[int, tuple[int, int]] = {}
        for number, start, end in self._terms.find(view.folded):
            if number not in known and (number not in first or start < first[number][0]):
                first[number] = (start, end)
        for number, (start, end) in first.items():
            found[number] = self._place(number, view, *view.span_of_folded(start, end))

    def _place(self, number: int, view: View, start: int, end: int) -> Place:
        return Place(self._items[number], start, end, view.literal)


def _in_order(places: Iterable[Place]) -> list[Place]:
    return sorted(places, key=lambda place: (place.start, place.end))
