"""A list made ready to be asked: one automaton for its terms, a few sets for its patterns."""

from collections.abc import Iterable, Sequence
from itertools import islice
from operator import attrgetter

from quell.blocklists.domain import Item, Place, TermList
from quell.blocklists.pattern import PatternSet
from quell.blocklists.terms import TermIndex
from quell.blocklists.views import View, Views

_BY_PLACE = attrgetter("start", "end")


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
            items, literal, same = self._items, view.literal, view.same
            for number, span in self._terms.first(view.folded, found).items():
                start, end = span if same else view.span_of_folded(*span)
                found[number] = Place(items[number], start, end, literal)
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

    def _place(self, number: int, view: View, start: int, end: int) -> Place:
        return Place(self._items[number], start, end, view.literal)


def _in_order(places: Iterable[Place]) -> list[Place]:
    return sorted(places, key=_BY_PLACE)
