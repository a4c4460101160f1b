"""The wire shapes of operations on image incidents."""

import base64
from typing import Annotated, ClassVar

from pydantic import Field

from quell.http.wire import WireAnswer, WireModel
from quell.incidents.domain import SAMPLES_PER_CALL, ImageSample
from quell.media.schemas import ImageData


class NewImage(WireModel):
    """A picture to be added."""

    READ_ONLY: ClassVar[frozenset[str]] = frozenset({"incidentSampleId"})

    image: ImageData


class AddImages(WireModel):
    """Pictures to be added to an incident, all or none."""

    incident_samples: Annotated[list[NewImage], Field(min_length=1, max_length=SAMPLES_PER_CALL)]


class ImageIdAnswer(WireAnswer):
    """A sample without its picture."""

    incident_sample_id: str


class ImageIdsAdded(WireAnswer):
    """The ids of the samples that were added, in the order of the request."""

    incident_samples: list[ImageIdAnswer]


class ImageIdPage(WireAnswer):
    """A page of samples without their pictures."""

    value: list[ImageIdAnswer]
    next_link: str | None = None


class ImageContent(WireAnswer):
    """A picture: its file in Base64."""

    content: str

    @classmethod
    def of(cls, content: bytes) -> "ImageContent":
        """Render a file."""
        return cls(content=base64.b64encode(content).decode())


class ImageSampleAnswer(WireAnswer):
    """A sample with its picture, however it was sent."""

    incident_sample_id: str
    image: ImageContent

    @classmethod
    def of(cls, sample: ImageSample) -> "ImageSampleAnswer":
        """Render a sample."""
        return cls(incident_sample_id=sample.id, image=ImageContent.of(sample.content or b""))


class DetectImageIncidents(WireModel):
    """A picture and the incidents to ask about it."""

    image: ImageData
    incident_names: list[str]
