"""The protocol's operations on text incidents."""

import asyncio

from starlette.concurrency import run_in_threadpool

from quell.http.wire import WireResponse
from quell.incidents.detection import Detection
from quell.incidents.domain import ReadSample, TextSample
from quell.incidents.endpoints import IncidentEndpoints, IncidentName, SampleShapes, Serving
from quell.incidents.intake import Intake
from quell.incidents.schemas import AddSamples, DetectIncidents, SampleAnswer, SamplePage, SamplesAdded


class TextIncidentEndpoints(IncidentEndpoints[TextSample, ReadSample]):
    """Adds the forms of texts."""

    medium = "text"
    shapes = SampleShapes(one=SampleAnswer, added=SamplesAdded, page=SamplePage)

    def __init__(
        self, serving: Serving[TextSample, ReadSample], detection: Detection, intake: Intake
    ) -> None:
        super().__init__(serving)
        self._detection = detection
        self._intake = intake

    def listed(self, sample: TextSample) -> SampleAnswer:
        """Render a sample."""
        return SampleAnswer.of(sample)

    whole = listed

    async def add(self, name: IncidentName, body: AddSamples) -> WireResponse:
        """Add samples to an incident; they count at the next request."""
        texts = [sample.text for sample in body.incident_samples]
        await run_in_threadpool(self._service.check_room, self._checked(name), len(texts))
        read = await self._intake.read(texts, "incidentSamples[{}].text")
        added = await run_in_threadpool(self._service.add_samples, name, read)
        return WireResponse(SamplesAdded(incident_samples=[SampleAnswer.of(sample) for sample in added]))

    async def detect(self, body: DetectIncidents) -> WireResponse:
        """Say which of the named incidents a text hits."""
        verdicts = await asyncio.wrap_future(
            self._workers.submit(self._detection.detect, body.text, body.incident_names, "incidentNames")
        )
        return self.matches(verdict.incident for verdict in verdicts if verdict.hit)
