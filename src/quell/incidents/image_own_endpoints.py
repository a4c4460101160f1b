"""Quell's own operations on image incidents: what is tried and moved is pictures."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

from fastapi import Query, Request
from starlette.concurrency import run_in_threadpool

from quell.http.presence import LEFT, while_there
from quell.http.wire import WireResponse
from quell.incidents.domain import ImageSample, IncidentCopy, ReadPicture
from quell.incidents.endpoints import Serving
from quell.incidents.image_fitting import FittedPictures
from quell.incidents.image_own_schemas import (
    ImageDocumentAnswer,
    ImageFindingAnswer,
    ImageIncidentDocument,
    ImagePreviewAnswer,
    PreviewImageIncident,
)
from quell.incidents.image_preview import ImageFinding, ImagePreview
from quell.incidents.image_reading import SampleIntake
from quell.incidents.own_endpoints import OwnIncidentEndpoints
from quell.incidents.own_schemas import SettingsAnswer
from quell.incidents.preview import in_order
from quell.media.source import Received


class OwnImageIncidentEndpoints(OwnIncidentEndpoints[ImageSample, ReadPicture]):
    """Adds the forms of pictures."""

    medium = "image"
    kind = "ImageIncident"
    previewed = ImagePreviewAnswer
    document = ImageDocumentAnswer

    def __init__(
        self, serving: Serving[ImageSample, ReadPicture], preview: ImagePreview, samples: SampleIntake
    ) -> None:
        super().__init__(serving)
        self._preview = preview
        self._samples = samples

    def rendered(self, copy: IncidentCopy[bytes]) -> ImageDocumentAnswer:
        """Render an incident as one document."""
        return ImageDocumentAnswer.of(copy)

    async def preview(self, request: Request, body: PreviewImageIncident) -> WireResponse:
        """Say what an image incident would catch before it is live."""
        answer = await while_there(request, self._previewed(body))
        return WireResponse(None, LEFT) if answer is None else WireResponse(answer)

    async def _previewed(self, body: PreviewImageIncident) -> ImagePreviewAnswer:
        if body.incident_name is not None:
            self._checked(body.incident_name)
        samples = await self._samples.read(body.samples, "samples[{}]")
        fitted = await asyncio.wrap_future(
            self._workers.submit(self._preview.fit, body.incident_name, samples, body.sensitivity)
        )

        def judge(place: int, received: Received) -> ImageFinding:
            return self._preview.judge(fitted, place, received.picture)

        findings = in_order(await self._samples.each(body.images, "images[{}]", judge))
        return _answer(fitted, findings)

    async def bring_in(
        self,
        body: ImageIncidentDocument,
        overwrite: Annotated[bool, Query(description="Replace an incident of the same name.")] = False,
    ) -> WireResponse:
        """Make an image incident from an exported file, all of it or nothing."""
        copy = body.copy_of()
        self._checked(copy.name)
        await run_in_threadpool(self._transfer.check, copy.name, len(copy.samples), overwrite=overwrite)
        read = await self._samples.read(copy.samples, "samples[{}].image")
        incident, created = await run_in_threadpool(self._transfer.bring_in, copy, read, overwrite=overwrite)
        return WireResponse(SettingsAnswer.of(incident), 201 if created else 200)


def _answer(fitted: FittedPictures, findings: Sequence[ImageFinding]) -> ImagePreviewAnswer:
    outcomes = [finding.outcome for finding in findings]
    return ImagePreviewAnswer(
        threshold=fitted.threshold,
        sample_count=fitted.samples,
        caught=outcomes.count("caught"),
        nearly=outcomes.count("nearly"),
        not_caught=outcomes.count("not"),
        findings=[ImageFindingAnswer.of_finding(finding) for finding in findings],
    )
