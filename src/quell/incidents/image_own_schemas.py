"""The wire shapes of Quell's own operations on image incidents: matches, preview, export and import."""

from typing import Annotated, Literal

from pydantic import Field

from quell.http.wire import WireAnswer, WireModel
from quell.incidents.domain import (
    MAX_SAMPLES,
    PREVIEW_IMAGES,
    SAMPLES_PER_CALL,
    ImageMatch,
    IncidentCopy,
)
from quell.incidents.image_preview import ImageFinding
from quell.incidents.image_schemas import ImageContent
from quell.incidents.own_schemas import (
    CopiedIncident,
    CopiedIncidentAnswer,
    NameInBody,
    Sensitivity,
    copied_members,
)
from quell.incidents.preview import Outcome
from quell.media.schemas import ImageData


class RegionAnswer(WireAnswer):
    """Where a sample lies, in pixels of the picture as shown; `frame` counts the frames that were read."""

    left: int
    top: int
    width: int
    height: int
    frame: int


class ImageMatchAnswer(WireAnswer):
    """The verdict of one image incident and what decided it."""

    incident_name: str
    hit: bool
    probability: float
    threshold: float
    how: str | None = None
    incident_sample_id: str | None = None
    region: RegionAnswer | None = None

    @classmethod
    def of(cls, match: ImageMatch) -> "ImageMatchAnswer":
        """Render a match."""
        return cls(**image_match_members(match))


def image_match_members(match: ImageMatch) -> dict[str, object]:
    """Return the members of a match on the wire, by their Python names."""
    x0, y0, x1, y1 = match.region or (0, 0, 0, 0)
    region = RegionAnswer(left=x0, top=y0, width=x1 - x0, height=y1 - y0, frame=match.frame)
    return {
        "incident_name": match.incident,
        "hit": match.hit,
        "probability": match.probability,
        "threshold": match.threshold,
        "how": match.how,
        "incident_sample_id": match.sample_id,
        "region": region if match.region else None,
    }


class PreviewImageIncident(WireModel):
    """Samples of an image incident that is not live, and the images to try it on.

    With `incidentName` the samples count on top of that incident's own.
    """

    samples: Annotated[list[ImageData], Field(max_length=SAMPLES_PER_CALL, default_factory=list)]
    images: Annotated[list[ImageData], Field(min_length=1, max_length=PREVIEW_IMAGES)]
    sensitivity: Sensitivity | None = None
    incident_name: NameInBody | None = None


class ImageFindingAnswer(ImageMatchAnswer):
    """What the incident would make of one image; `position` counts the images of the request from 0."""

    position: int
    outcome: Outcome

    @classmethod
    def of_finding(cls, finding: ImageFinding) -> "ImageFindingAnswer":
        """Render a finding."""
        members = image_match_members(finding.match)
        return cls(position=finding.position, outcome=finding.outcome, **members)


class ImagePreviewAnswer(WireAnswer):
    """The findings: caught, then nearly caught, then not, in each group the likeliest first."""

    threshold: float
    sample_count: int
    caught: int
    nearly: int
    not_caught: int
    findings: list[ImageFindingAnswer]


class CopiedImage(WireModel):
    """A picture of a copied incident."""

    image: ImageData


class ImageIncidentDocument(CopiedIncident):
    """An image incident as one file."""

    medium: Literal["image"]
    samples: Annotated[list[CopiedImage], Field(max_length=MAX_SAMPLES)]

    def copy_of(self) -> IncidentCopy[ImageData]:
        """Return what the document says."""
        return self.with_samples(sample.image for sample in self.samples)


class CopiedImageAnswer(WireAnswer):
    """A picture of a copied incident."""

    image: ImageContent


class ImageDocumentAnswer(CopiedIncidentAnswer):
    """An image incident as one file, to be kept or brought into another server."""

    medium: str = "image"
    samples: list[CopiedImageAnswer]

    @classmethod
    def of(cls, copy: IncidentCopy[bytes]) -> "ImageDocumentAnswer":
        """Render a copy."""
        samples = [CopiedImageAnswer(image=ImageContent.of(content)) for content in copy.samples]
        return cls(**copied_members(copy), samples=samples)
