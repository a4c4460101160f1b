"""The protocol's operations on text incidents."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request
from starlette.concurrency import run_in_threadpool

from quell.errors import InvalidRequestBody, InvalidResourceName
from quell.http.context import absolute_url
from quell.http.names import NamePattern, check_operation_id
from quell.http.paging import PageQuery, render_page
from quell.http.wire import WireResponse
from quell.incidents.deploy import Deployment
from quell.incidents.detection import Detection
from quell.incidents.intake import Intake
from quell.incidents.schemas import (
    AddSamples,
    DetectIncidents,
    IncidentAnswer,
    IncidentMatch,
    IncidentMatches,
    IncidentPage,
    IncidentPatch,
    RemoveSamples,
    SampleAnswer,
    SamplePage,
    SamplesAdded,
)
from quell.incidents.service import IncidentService
from quell.operations.schemas import OperationAnswer, operation_headers
from quell.workers import Workers

ROOT = "/contentsafety/text/incidents"

IncidentName = Annotated[str, Path(alias="incidentName", description="The name of the incident.")]
SampleId = Annotated[str, Path(alias="incidentSampleId", description="The id of the sample.")]
OperationId = Annotated[str | None, Header(alias="Operation-Id", description="An id of the client's choice.")]

_SAMPLE_ID_LENGTH = 64


class IncidentEndpoints:
    """Reads requests about text incidents, calls one service function each, answers."""

    def __init__(
        self,
        *,
        service: IncidentService,
        deployment: Deployment,
        detection: Detection,
        intake: Intake,
        workers: Workers,
        names: NamePattern,
    ) -> None:
        self._service = service
        self._deployment = deployment
        self._detection = detection
        self._intake = intake
        self._workers = workers
        self._names = names

    def router(self) -> APIRouter:
        """Return the routes; those that end with a verb come before those that would take it for a name."""
        one, samples = f"{ROOT}/{{incidentName}}", f"{ROOT}/{{incidentName}}/incidentSamples"
        table: list[tuple[str, str, str, Any, int, Any]] = [
            (
                "POST",
                f"{one}:addIncidentSamples",
                "TextIncidents_AddIncidentSamples",
                self.add,
                200,
                SamplesAdded,
            ),
            (
                "POST",
                f"{one}:removeIncidentSamples",
                "TextIncidents_RemoveIncidentSamples",
                self.remove,
                204,
                None,
            ),
            ("POST", f"{one}:deploy", "TextIncidentOperations_Deploy", self.deploy, 202, OperationAnswer),
            ("GET", ROOT, "TextIncidents_ListIncidents", self.list, 200, IncidentPage),
            ("GET", samples, "TextIncidents_ListIncidentSamples", self.list_samples, 200, SamplePage),
            (
                "GET",
                f"{samples}/{{incidentSampleId}}",
                "TextIncidents_GetIncidentSample",
                self.get_sample,
                200,
                SampleAnswer,
            ),
            ("GET", one, "TextIncidents_GetIncidents", self.get, 200, IncidentAnswer),
            ("PATCH", one, "TextIncidents_CreateOrUpdateIncident", self.put, 200, IncidentAnswer),
            ("DELETE", one, "TextIncidents_DeleteIncident", self.delete, 204, None),
            (
                "POST",
                "/contentsafety/text:detectIncidents",
                "TextOperations_DetectIncidents",
                self.detect,
                200,
                IncidentMatches,
            ),
        ]
        router = APIRouter(tags=["text incidents"])
        for method, path, operation_id, endpoint, status, answer in table:
            router.add_api_route(
                path,
                endpoint,
                methods=[method],
                operation_id=operation_id,
                status_code=status,
                response_model=answer,
                responses={201: {"model": IncidentAnswer}} if method == "PATCH" else None,
            )
        return router

    async def get(self, name: IncidentName) -> WireResponse:
        """Read a text incident."""
        incident = await run_in_threadpool(self._service.get, self._checked(name))
        return WireResponse(IncidentAnswer.of(incident))

    async def put(
        self, request: Request, name: IncidentName, body: IncidentPatch | None = None
    ) -> WireResponse:
        """Create a text incident or update it."""
        self._checked(name)
        patch = body or IncidentPatch()
        if patch.incident_name is not None and patch.incident_name != name:
            raise InvalidRequestBody(
                "The field 'incidentName' must be the name in the URL.", target="incidentName"
            )
        incident, created = await run_in_threadpool(self._service.put, name, patch.change())
        headers = {"Location": absolute_url(request, f"{ROOT}/{name}")} if created else None
        return WireResponse(IncidentAnswer.of(incident), 201 if created else 200, headers)

    async def delete(self, name: IncidentName) -> WireResponse:
        """Delete a text incident and its samples."""
        await run_in_threadpool(self._service.delete, self._checked(name))
        return WireResponse(status_code=204)

    async def list(self, request: Request, page: PageQuery) -> WireResponse:
        """List the text incidents, newest first."""
        found = await run_in_threadpool(self._service.list, page.skip, page.limit)
        return render_page(request, page, [IncidentAnswer.of(item) for item in found.items], more=found.more)

    async def add(self, name: IncidentName, body: AddSamples) -> WireResponse:
        """Add samples to a text incident; they count at the next request."""
        texts = [sample.text for sample in body.incident_samples]
        await run_in_threadpool(self._service.check_room, self._checked(name), len(texts))
        read = await self._intake.read(texts, "incidentSamples[{}].text")
        added = await run_in_threadpool(self._service.add_samples, name, read)
        return WireResponse(SamplesAdded(incident_samples=[SampleAnswer.of(sample) for sample in added]))

    async def remove(self, name: IncidentName, body: RemoveSamples) -> WireResponse:
        """Remove samples from a text incident, all or none."""
        await run_in_threadpool(self._service.remove_samples, self._checked(name), body.incident_sample_ids)
        return WireResponse(status_code=204)

    async def list_samples(self, request: Request, name: IncidentName, page: PageQuery) -> WireResponse:
        """List the samples of a text incident, newest first."""
        found = await run_in_threadpool(
            self._service.list_samples, self._checked(name), page.skip, page.limit
        )
        return render_page(request, page, [SampleAnswer.of(item) for item in found.items], more=found.more)

    async def get_sample(self, name: IncidentName, sample_id: SampleId) -> WireResponse:
        """Read one sample of a text incident."""
        if len(sample_id) > _SAMPLE_ID_LENGTH:
            raise InvalidResourceName(
                f"A sample id has at most {_SAMPLE_ID_LENGTH} characters.", target="incidentSampleId"
            )
        sample = await run_in_threadpool(self._service.get_sample, self._checked(name), sample_id)
        return WireResponse(SampleAnswer.of(sample))

    async def deploy(
        self, request: Request, name: IncidentName, operation_id: OperationId = None
    ) -> WireResponse:
        """Deploy a text incident: its samples of this moment are the ones that match."""
        wished = check_operation_id(operation_id, "Operation-Id") if operation_id else None
        operation = await run_in_threadpool(self._deployment.deploy, self._checked(name), wished)
        return WireResponse(OperationAnswer.of(operation), 202, operation_headers(request, operation))

    async def detect(self, body: DetectIncidents) -> WireResponse:
        """Say which of the named incidents a text hits."""
        verdicts = await asyncio.wrap_future(
            self._workers.submit(self._detection.detect, body.text, body.incident_names, "incidentNames")
        )
        hits: Sequence[str] = [verdict.incident for verdict in verdicts if verdict.hit]
        return WireResponse(
            IncidentMatches(incident_matches=[IncidentMatch(incident_name=hit) for hit in hits])
        )

    def _checked(self, name: str) -> str:
        return self._names.check(name, "incidentName")
