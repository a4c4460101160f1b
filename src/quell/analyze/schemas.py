"""The wire shapes of text:analyze, and which api-version has which member."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from quell.analyze.domain import (
    DEFAULT_CATEGORIES,
    Category,
    IncidentQuestion,
    OutputType,
    TextQuestion,
    TextVerdict,
)
from quell.errors import InvalidRequestBody, NotImplementedYet
from quell.http.api_version import ApiVersion
from quell.http.wire import WireAnswer, WireModel, ignoring_case

TEXT_LENGTH = 10_000
TEXT_LENGTH_BEFORE_GA = 1_000

FIRST_GA = ApiVersion.of("2023-10-01")
FIRST_WITH_INCIDENTS = ApiVersion.of("2023-10-30-preview")
FIRST_WITH_DRUGS = ApiVersion.of("2024-12-15-preview")


def before_ga(version: ApiVersion) -> bool:
    """Whether a version speaks the older words: breakByBlocklists, hateResult and so on."""
    return version < FIRST_GA


def _with_incidents(version: ApiVersion) -> bool:
    return not version.stable and version >= FIRST_WITH_INCIDENTS


_EXISTS: Mapping[str, Callable[[ApiVersion], bool]] = {
    "halt_on_blocklist_hit": lambda version: not before_ga(version),
    "output_type": lambda version: not before_ga(version),
    "break_by_blocklists": before_ga,
    "incidents": _with_incidents,
    "customized_categories": _with_incidents,
}
"""The versions that have a member; members that are not listed are in all."""


def check_members(sent: WireModel, version: ApiVersion) -> None:
    """Refuse members that an api-version does not have; null is as good as absent."""
    for member in sorted(sent.model_fields_set):
        if getattr(sent, member) is not None and member in _EXISTS and not _EXISTS[member](version):
            name = type(sent).model_fields[member].alias
            raise InvalidRequestBody(
                f"The field '{name}' is not supported in the api-version {version}.", target=name
            )


class IncidentOptions(WireModel):
    """Which incidents to ask, and whether a hit ends the analysis."""

    incident_names: list[str] = Field(default_factory=list)
    halt_on_incident_hit: bool = False

    def question(self) -> IncidentQuestion:
        """Return what is asked of the incidents."""
        return IncidentQuestion(tuple(self.incident_names), self.halt_on_incident_hit)


def asked_categories(named: Sequence[Category]) -> tuple[Category, ...]:
    """Return the categories that a request asks for, in the order of answers; none named is all four."""
    wanted = set(named) or set(DEFAULT_CATEGORIES)
    return tuple(category for category in Category if category in wanted)


class AnalyzeText(WireModel):
    """A text to analyse."""

    text: Annotated[str, Field(min_length=1, max_length=TEXT_LENGTH)]
    categories: list[Annotated[Category, ignoring_case(Category)]] = Field(default_factory=list)
    blocklist_names: list[str] = Field(default_factory=list)
    halt_on_blocklist_hit: bool = False
    break_by_blocklists: bool = False
    output_type: Annotated[OutputType, ignoring_case(OutputType)] = OutputType.FOUR
    incidents: IncidentOptions | None = None
    customized_categories: list[dict[str, Any]] = Field(default_factory=list)

    def question(self, version: ApiVersion) -> TextQuestion:
        """Return what is asked, or refuse what this api-version does not have."""
        self._check(version)
        return TextQuestion(
            text=self.text,
            categories=asked_categories(self.categories),
            output=self.output_type,
            blocklists=tuple(self.blocklist_names),
            halt_on_blocklist_hit=self.halt_on_blocklist_hit or self.break_by_blocklists,
            incidents=self.incidents.question() if self.incidents else None,
        )

    def _check(self, version: ApiVersion) -> None:
        check_members(self, version)
        if before_ga(version) and len(self.text) > TEXT_LENGTH_BEFORE_GA:
            raise InvalidRequestBody(
                f"The field 'text' must have at most {TEXT_LENGTH_BEFORE_GA} characters "
                f"(Unicode code points) in the api-version {version}.",
                target="text",
            )
        if Category.DRUGS in self.categories and (version.stable or version < FIRST_WITH_DRUGS):
            raise InvalidRequestBody(
                f"The category 'Drugs' is not supported in the api-version {version}.",
                target=f"categories[{self.categories.index(Category.DRUGS)}]",
            )
        if self.customized_categories:
            raise NotImplementedYet(
                "Custom categories are not built in this version of Quell.", target="customizedCategories"
            )


class SeverityAnswer(WireAnswer):
    """The severity of one category."""

    category: str
    severity: int


class IncidentHit(WireAnswer):
    """An incident that was hit."""

    incident_name: str


class BlocklistMatch(WireAnswer):
    """A blocklist item that the text contains."""

    blocklist_name: str
    blocklist_item_id: str
    blocklist_item_text: str


class TextAnalysisAnswer(WireAnswer):
    """The verdict over a text."""

    blocklists_match: list[BlocklistMatch]
    categories_analysis: list[SeverityAnswer]
    incident_matches: list[IncidentHit] | None = None

    @classmethod
    def of(cls, verdict: TextVerdict) -> "TextAnalysisAnswer":
        """Render a verdict."""
        hits = None
        if verdict.incidents is not None:
            hits = [IncidentHit(incident_name=name) for name in verdict.incidents]
        matches = [
            BlocklistMatch(
                blocklist_name=hit.blocklist, blocklist_item_id=hit.item_id, blocklist_item_text=hit.item_text
            )
            for hit in verdict.blocklists
        ]
        return cls(blocklists_match=matches, categories_analysis=_severities(verdict), incident_matches=hits)


class BlocklistMatchBeforeGa(WireAnswer):
    """A blocklist item that the text contains, with its place."""

    blocklist_name: str
    block_item_id: str
    block_item_text: str
    offset: int
    length: int


class TextAnalysisBeforeGa(WireAnswer):
    """The verdict over a text, in the words of 2023-04-30-preview and 2023-05-30-preview."""

    blocklists_match_results: list[BlocklistMatchBeforeGa]
    hate_result: SeverityAnswer | None = None
    self_harm_result: SeverityAnswer | None = None
    sexual_result: SeverityAnswer | None = None
    violence_result: SeverityAnswer | None = None

    @classmethod
    def of(cls, verdict: TextVerdict) -> "TextAnalysisBeforeGa":
        """Render a verdict."""
        by_category = {answer.category: answer for answer in _severities(verdict)}
        return cls(
            blocklists_match_results=[
                BlocklistMatchBeforeGa(
                    blocklist_name=hit.blocklist,
                    block_item_id=hit.item_id,
                    block_item_text=hit.item_text,
                    offset=hit.start,
                    length=hit.end - hit.start,
                )
                for hit in verdict.blocklists
            ],
            hate_result=by_category.get("Hate"),
            self_harm_result=by_category.get("SelfHarm"),
            sexual_result=by_category.get("Sexual"),
            violence_result=by_category.get("Violence"),
        )


def render(verdict: TextVerdict, version: ApiVersion) -> TextAnalysisAnswer | TextAnalysisBeforeGa:
    """Return the answer in the words of an api-version."""
    return TextAnalysisBeforeGa.of(verdict) if before_ga(version) else TextAnalysisAnswer.of(verdict)


def _severities(verdict: TextVerdict) -> list[SeverityAnswer]:
    return [
        SeverityAnswer(category=found.category.value, severity=found.level) for found in verdict.severities
    ]
