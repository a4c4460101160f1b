"""The protocol's operations on image incidents."""

from starlette.concurrency import run_in_threadpool

from quell.http.wire import WireResponse
from quell.incidents.domain import ImageSample, ReadPicture
from quell.incidents.endpoints import IncidentEndpoints, IncidentName, SampleShapes, Serving
from quell.incidents.image_detection import ImageDetection
from quell.incidents.image_reading import SampleIntake
from quell.incidents.image_schemas import (
    AddImages,
    DetectImageIncidents,
    ImageIdAnswer,
    ImageIdPage,
    ImageIdsAdded,
    ImageSampleAnswer,
)
from quell.media.intake import PictureIntake


class ImageIncidentEndpoints(IncidentEndpoints[ImageSample, ReadPicture]):
    """Adds the forms of pictures: lists show ids alone, one sample shows its file."""

    medium = "image"
    shapes = SampleShapes(one=ImageSampleAnswer, added=ImageIdsAdded, page=ImageIdPage)

    def __init__(
        self,
        serving: Serving[ImageSample, ReadPicture],
        detection: ImageDetection,
        intake: PictureIntake,
        samples: SampleIntake,
    ) -> None:
        super().__init__(serving)
        self._detection = detection
        self._intake = intake
        self._samples = samples

    def listed(self, sample: ImageSample) -> ImageIdAnswer:
        """Render a sample as a list shows it."""
        return ImageIdAnswer(incident_sample_id=sample.id)

    def whole(self, sample: ImageSample) -> ImageSampleAnswer:
        """Render a sample with its file."""
        return ImageSampleAnswer.of(sample)

    async def add(self, name: IncidentName, body: AddImages) -> WireResponse:
        """Add samples to an incident; they count at the next request."""
        images = [sample.image for sample in body.incident_samples]
        await run_in_threadpool(self._service.check_room, self._checked(name), len(images))
        read = await self._samples.read(images, "incidentSamples[{}].image")
        added = await run_in_threadpool(self._service.add_samples, name, read)
        return WireResponse(ImageIdsAdded(incident_samples=[self.listed(sample) for sample in added]))

    async def detect(self, body: DetectImageIncidents) -> WireResponse:
        """Say which of the named incidents an image hits."""
        verdicts = await self._intake.run(
            body.image,
            lambda picture: self._detection.detect(picture, body.incident_names, "incidentNames"),
        )
        return self.matches(verdict.incident for verdict in verdicts if verdict.hit)
