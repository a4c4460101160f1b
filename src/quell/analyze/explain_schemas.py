"""The wire shapes of text:explain."""

from typing import Annotated

from quell.analyze.domain import Category, CategoryExplanation, ExplainQuestion, Lifting, TextExplanation
from quell.analyze.schemas import BlocklistMatch, asked_categories
from quell.blocklists.domain import BlocklistHit
from quell.errors import InvalidRequestBody
from quell.http.wire import WireAnswer, WireModel, ignoring_case
from quell.incidents.own_schemas import MatchAnswer, WindowAnswer
from quell.incidents.schemas import CheckedText

SHOWN_ALLOWANCES = 100
"""How many places of allow-list items an answer shows."""


class ExplainText(WireModel):
    """A text, and what is to explain itself: incidents, harm categories (`[]` is all), blocklists."""

    text: CheckedText
    incident_names: list[str] | None = None
    categories: list[Annotated[Category, ignoring_case(Category)]] | None = None
    blocklist_names: list[str] | None = None

    def question(self) -> ExplainQuestion:
        """Return what is asked, or refuse a request that asks for nothing."""
        if self.incident_names is None and self.categories is None and self.blocklist_names is None:
            raise InvalidRequestBody(
                "One of the fields 'incidentNames', 'categories' and 'blocklistNames' is required.",
                target="incidentNames",
            )
        return ExplainQuestion(
            self.text,
            tuple(self.incident_names or ()),
            None if self.categories is None else asked_categories(self.categories),
            None if self.blocklist_names is None else tuple(self.blocklist_names),
        )


class CutAnswer(WireAnswer):
    """How probable it is that a text reaches a severity."""

    severity: int
    probability: float


class WordAnswer(WindowAnswer):
    """A stretch that carried a severity, and how much of the evidence goes with it, in log-odds."""

    weight: float


class AllowanceAnswer(WindowAnswer):
    """A place of an allow-list's item."""

    allowlist_name: str
    allowlist_item_id: str
    allowlist_item_text: str


class LiftingAnswer(WireAnswer):
    """The severity without allow-lists, 0 to 7, and the items that lifted it."""

    severity: int
    allowlists_match: list[AllowanceAnswer]

    @classmethod
    def of(cls, lifting: Lifting, text: str) -> "LiftingAnswer":
        """Render what allow-lists changed."""
        matches = [
            AllowanceAnswer(
                allowlist_name=one.allowlist,
                allowlist_item_id=one.place.item.id,
                allowlist_item_text=one.place.item.text,
                **_window(text, one.place.start, one.place.end),
            )
            for one in lifting.allowances[:SHOWN_ALLOWANCES]
        ]
        return cls(severity=lifting.severity, allowlists_match=matches)


class ExplainedCategory(WireAnswer):
    """The verdict of one category and what decided it; `severity` in eight levels."""

    category: str
    severity: int
    four_level_severity: int
    probabilities: list[CutAnswer]
    window: WindowAnswer
    words: list[WordAnswer]
    lifted: LiftingAnswer | None = None

    @classmethod
    def of(cls, found: CategoryExplanation, text: str) -> "ExplainedCategory":
        """Render a category with the stretches of the text that decided it."""
        return cls(
            category=found.category.value,
            severity=found.severity,
            four_level_severity=found.severity // 2 * 2,
            probabilities=[
                CutAnswer(severity=cut, probability=chance) for cut, chance in found.probabilities
            ],
            window=WindowAnswer(**_window(text, *found.window)),
            words=[
                WordAnswer(weight=word.weight, **_window(text, word.start, word.end)) for word in found.words
            ],
            lifted=LiftingAnswer.of(found.lifted, text) if found.lifted else None,
        )


class PlacedBlocklistMatch(BlocklistMatch, WindowAnswer):
    """A blocklist item that the text contains, with its first place."""

    @classmethod
    def of(cls, hit: BlocklistHit, text: str) -> "PlacedBlocklistMatch":
        """Render a hit."""
        return cls(
            blocklist_name=hit.blocklist,
            blocklist_item_id=hit.item_id,
            blocklist_item_text=hit.item_text,
            **_window(text, hit.start, hit.end),
        )


class Explanation(WireAnswer):
    """One match for each incident, in the order of the request, hit or not; the rest where asked for."""

    matches: list[MatchAnswer]
    categories_analysis: list[ExplainedCategory] | None = None
    blocklists_match: list[PlacedBlocklistMatch] | None = None

    @classmethod
    def of(cls, found: TextExplanation, text: str) -> "Explanation":
        """Render an explanation of a text."""
        harms, lists = found.categories, found.blocklists
        return cls(
            matches=[MatchAnswer.of(match, text) for match in found.matches],
            categories_analysis=None if harms is None else [ExplainedCategory.of(one, text) for one in harms],
            blocklists_match=None if lists is None else [PlacedBlocklistMatch.of(hit, text) for hit in lists],
        )


def _window(text: str, start: int, end: int) -> dict[str, object]:
    return {"offset": start, "length": end - start, "text": text[start:end]}
