"""The wire shapes of Quell's own operations on incidents: settings, matches, preview, export and import."""

from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import Field

from quell.http.wire import Timestamp, WireAnswer, WireModel
from quell.incidents.domain import (
    DEFAULT_SENSITIVITY,
    MAX_SAMPLES,
    PREVIEW_TEXTS,
    Incident,
    IncidentCopy,
    Match,
)
from quell.incidents.preview import Finding, Outcome
from quell.incidents.schemas import CheckedText, Definition, SampleText
from quell.incidents.transfer import FORMAT_VERSION

C = TypeVar("C")

Sensitivity = Annotated[float, Field(ge=0, le=1)]
NameInBody = Annotated[str, Field(min_length=1, max_length=100)]


class SettingsPatch(WireModel):
    """The settings to change; null is the default."""

    READ_ONLY: ClassVar[frozenset[str]] = frozenset(
        {"incidentName", "threshold", "sampleCount", "created", "lastUpdated"}
    )

    sensitivity: Sensitivity | None = None


class SettingsAnswer(WireAnswer):
    """How an incident is set, and how large it is."""

    incident_name: str
    sensitivity: float
    threshold: float
    sample_count: int
    created: Timestamp
    last_updated: Timestamp

    @classmethod
    def of(cls, incident: Incident) -> "SettingsAnswer":
        """Render the settings of an incident."""
        return cls(
            incident_name=incident.name,
            sensitivity=incident.sensitivity,
            threshold=incident.threshold,
            sample_count=incident.samples,
            created=incident.created,
            last_updated=incident.updated,
        )


class WindowAnswer(WireAnswer):
    """A stretch of the text as it was sent, in code points."""

    offset: int
    length: int
    text: str


class MatchAnswer(WireAnswer):
    """The verdict of one incident and what decided it."""

    incident_name: str
    hit: bool
    literal: bool
    probability: float
    threshold: float
    similarity: float | None = None
    incident_sample_id: str | None = None
    sample_text: str | None = None
    window: WindowAnswer | None = None
    encoder: str | None = None

    @classmethod
    def of(cls, match: Match, text: str) -> "MatchAnswer":
        """Render a match with the stretch of the text that decided it."""
        return cls(**match_members(match, text))


def match_members(match: Match, text: str) -> dict[str, object]:
    """Return the members of a match on the wire, by their Python names."""
    start, end = match.span or (0, 0)
    return {
        "incident_name": match.incident,
        "hit": match.hit,
        "literal": match.literal,
        "probability": match.probability,
        "threshold": match.threshold,
        "similarity": match.similarity,
        "incident_sample_id": match.sample.id if match.sample else None,
        "sample_text": match.sample.text if match.sample else None,
        "window": WindowAnswer(offset=start, length=end - start, text=text[start:end])
        if match.span
        else None,
        "encoder": match.encoder,
    }


class PreviewIncident(WireModel):
    """Samples of an incident that is not live, and the texts to try it on.

    With `incidentName` the samples count on top of that incident's own.
    """

    samples: Annotated[list[SampleText], Field(max_length=MAX_SAMPLES, default_factory=list)]
    texts: Annotated[list[CheckedText], Field(min_length=1, max_length=PREVIEW_TEXTS)]
    sensitivity: Sensitivity | None = None
    incident_name: NameInBody | None = None


class FindingAnswer(MatchAnswer):
    """What the incident would make of one text; `position` counts the texts of the request from 0."""

    position: int
    text: str
    outcome: Outcome

    @classmethod
    def of_finding(cls, finding: Finding) -> "FindingAnswer":
        """Render a finding."""
        members = match_members(finding.match, finding.text)
        return cls(position=finding.position, text=finding.text, outcome=finding.outcome, **members)


class PreviewAnswer(WireAnswer):
    """The findings: caught, then nearly caught, then not, in each group the likeliest first."""

    threshold: float
    sample_count: int
    caught: int
    nearly: int
    not_caught: int
    findings: list[FindingAnswer]


class CopiedSample(WireModel):
    """A text of a copied incident."""

    text: SampleText


class CopiedIncident(WireModel):
    """What an exported incident says beside its medium and its samples."""

    format_version: Literal[1]
    incident_name: NameInBody
    description: Definition | None = None
    incident_definition: Definition | None = None
    sensitivity: Sensitivity = DEFAULT_SENSITIVITY

    def with_samples(self, samples: Iterable[C]) -> IncidentCopy[C]:
        """Return what the document says."""
        return IncidentCopy(
            self.incident_name,
            self.description or None,
            self.incident_definition or None,
            self.sensitivity,
            tuple(samples),
        )


class IncidentDocument(CopiedIncident):
    """An incident as one file."""

    medium: Literal["text"]
    samples: Annotated[list[CopiedSample], Field(max_length=MAX_SAMPLES)]

    def copy_of(self) -> IncidentCopy[str]:
        """Return what the document says."""
        return self.with_samples(sample.text for sample in self.samples)


class CopiedSampleAnswer(WireAnswer):
    """A text of a copied incident."""

    text: str


class CopiedIncidentAnswer(WireAnswer):
    """What an exported incident says beside its samples."""

    format_version: int = FORMAT_VERSION
    medium: str
    incident_name: str
    description: str | None = None
    incident_definition: str | None = None
    sensitivity: float


class DocumentAnswer(CopiedIncidentAnswer):
    """An incident as one file, to be kept or brought into another server."""

    medium: str = "text"
    samples: list[CopiedSampleAnswer]

    @classmethod
    def of(cls, copy: IncidentCopy[str]) -> "DocumentAnswer":
        """Render a copy."""
        return cls(**copied_members(copy), samples=[CopiedSampleAnswer(text=text) for text in copy.samples])


def copied_members(copy: IncidentCopy[Any]) -> dict[str, Any]:
    """Return the members that exports of both media have, by their Python names."""
    return {
        "incident_name": copy.name,
        "description": copy.description,
        "incident_definition": copy.definition,
        "sensitivity": copy.sensitivity,
    }
