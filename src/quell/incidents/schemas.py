"""The wire shapes of the protocol's operations on text incidents."""

from typing import Annotated, ClassVar

from pydantic import Field

from quell.http.wire import Timestamp, WireAnswer, WireModel
from quell.incidents.domain import (
    DEFINITION_LENGTH,
    SAMPLE_LENGTH,
    SAMPLES_PER_CALL,
    TEXT_LENGTH,
    Incident,
    IncidentChange,
    TextSample,
)
from quell.values import KEEP, Keep

Definition = Annotated[str, Field(max_length=DEFINITION_LENGTH)]
CheckedText = Annotated[str, Field(min_length=1, max_length=TEXT_LENGTH)]
SampleText = Annotated[str, Field(min_length=1, max_length=SAMPLE_LENGTH)]


class IncidentPatch(WireModel):
    """What a PATCH of an incident may hold; both texts are accepted in every api-version."""

    READ_ONLY: ClassVar[frozenset[str]] = frozenset({"created", "lastUpdated", "status"})
    EMPTY_IS_ABSENT: ClassVar[frozenset[str]] = frozenset({"incidentName"})

    incident_name: str | None = None
    description: Definition | None = None
    incident_definition: Definition | None = None

    def change(self) -> IncidentChange:
        """Return the change: absent members are kept, null and the empty string remove."""
        return IncidentChange(
            description=self._text("description", self.description),
            definition=self._text("incident_definition", self.incident_definition),
        )

    def _text(self, member: str, value: str | None) -> str | Keep | None:
        return (value or None) if member in self.model_fields_set else KEEP


class IncidentAnswer(WireAnswer):
    """An incident."""

    incident_name: str
    description: str | None = None
    incident_definition: str | None = None
    created: Timestamp
    last_updated: Timestamp

    @classmethod
    def of(cls, incident: Incident) -> "IncidentAnswer":
        """Render an incident."""
        return cls(
            incident_name=incident.name,
            description=incident.description,
            incident_definition=incident.definition,
            created=incident.created,
            last_updated=incident.updated,
        )


class IncidentPage(WireAnswer):
    """A page of incidents."""

    value: list[IncidentAnswer]
    next_link: str | None = None


class NewSample(WireModel):
    """A text to be added."""

    READ_ONLY: ClassVar[frozenset[str]] = frozenset({"incidentSampleId"})

    text: SampleText


class AddSamples(WireModel):
    """Texts to be added to an incident, all or none."""

    incident_samples: Annotated[list[NewSample], Field(min_length=1, max_length=SAMPLES_PER_CALL)]


class SampleAnswer(WireAnswer):
    """A sample."""

    incident_sample_id: str
    text: str

    @classmethod
    def of(cls, sample: TextSample) -> "SampleAnswer":
        """Render a sample."""
        return cls(incident_sample_id=sample.id, text=sample.text)


class SamplesAdded(WireAnswer):
    """The samples that were added, with their ids."""

    incident_samples: list[SampleAnswer]


class SamplePage(WireAnswer):
    """A page of samples."""

    value: list[SampleAnswer]
    next_link: str | None = None


class RemoveSamples(WireModel):
    """Samples to be removed, all or none."""

    incident_sample_ids: Annotated[list[str], Field(min_length=1, max_length=SAMPLES_PER_CALL)]


class DetectIncidents(WireModel):
    """A text and the incidents to ask about it."""

    text: CheckedText
    incident_names: list[str]


class IncidentMatch(WireAnswer):
    """An incident that was hit."""

    incident_name: str


class IncidentMatches(WireAnswer):
    """The incidents that were hit, in the order of the request."""

    incident_matches: list[IncidentMatch]
