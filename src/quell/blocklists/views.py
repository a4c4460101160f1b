"""The ways in which a text is read: as it was sent, and with evasion tricks undone."""

import re
from array import array
from collections.abc import Sequence
from functools import cached_property

from quell.blocklists.domain import Span
from quell.blocklists.terms import RUN, fold_characters, fold_runs
from quell.text.normalise import Normalised

_SURROGATE = re.compile("[\ud800-\udfff]")


class View:
    """One way of reading a text; spans lead back to the text as it was sent."""

    def __init__(self, text: str, normalised: Normalised | None = None) -> None:
        """Read a text as it is, or the normalised text where there is one."""
        shown = text if normalised is None else normalised.text
        # The engines take UTF-8 only, which has no halves of surrogate pairs.
        self.text = shown if shown.isascii() else _SURROGATE.sub("\ufffd", shown)
        self._normalised = normalised

    @property
    def literal(self) -> bool:
        """Whether this is the text as it was sent."""
        return self._normalised is None

    @cached_property
    def _characters(self) -> str:
        return fold_characters(self.text)

    @cached_property
    def folded(self) -> str:
        """The text without differences of case and of blanks."""
        return fold_runs(self._characters)

    @cached_property
    def _places(self) -> Sequence[int] | None:
        """For each character of the folded text its place in the text; None where they are the same."""
        characters = self._characters
        grown = len(characters) > len(self.text)  # one becomes one or more, never none
        if not grown and len(self.folded) == len(characters):
            return None
        places = array("I", range(len(self.text)))
        if grown:
            places = array("I", (place for place, one in enumerate(self.text) for _ in fold_characters(one)))
        kept, at = array("I"), 0
        for run in RUN.finditer(characters):
            kept += places[at : run.start() + 1]
            at = run.end()
        return kept + places[at:]

    @property
    def same(self) -> bool:
        """Whether places in the folded text are those in the text as it was sent."""
        return self._normalised is None and self._places is None

    def span_of_folded(self, start: int, end: int) -> Span:
        """Return where a stretch of the folded text lies in the text as it was sent."""
        if self._places is not None:
            start, end = self._places[start], self._places[end - 1] + 1
        return self.span(start, end)

    def span(self, start: int, end: int) -> Span:
        """Return where a stretch of this view lies in the text as it was sent."""
        return (start, end) if self._normalised is None else self._normalised.span(start, end)


class Views:
    """All views of a text; shared by every list that is asked about it."""

    def __init__(self, text: str, normalised: Normalised) -> None:
        self.length = len(text)
        plain = View(text)
        # Most texts play no tricks, and are then read once.
        self.all = (plain,) if normalised.text == text else (plain, View(text, normalised))

    @property
    def for_terms(self) -> tuple[View, ...]:
        """The views that differ in more than case."""
        return self.all if len(self.all) == 1 or self.all[0].folded != self.all[1].folded else self.all[:1]
