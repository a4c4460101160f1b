"""The protocol's operations on incidents, the same for both media but for the forms of samples."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Generic

from fastapi import APIRouter, Header, Path, Request
from starlette.concurrency import run_in_threadpool

from quell.errors import InvalidRequestBody, InvalidResourceName
from quell.http.context import absolute_url
from quell.http.names import NamePattern, check_operation_id
from quell.http.paging import PageQuery, render_page
from quell.http.wire import WireAnswer, WireResponse
from quell.incidents.deploy import Deployment
from quell.incidents.domain import Medium
from quell.incidents.rows import R, S
from quell.incidents.schemas import (
    IncidentAnswer,
    IncidentMatch,
    IncidentMatches,
    IncidentPage,
    IncidentPatch,
    RemoveSamples,
)
from quell.incidents.service import IncidentService
from quell.incidents.transfer import Transfer
from quell.operations.schemas import OperationAnswer, operation_headers
from quell.witness import NOBODY, Witness
from quell.workers import Workers

IncidentName = Annotated[str, Path(alias="incidentName", description="The name of the incident.")]
SampleId = Annotated[str, Path(alias="incidentSampleId", description="The id of the sample.")]
OperationId = Annotated[str | None, Header(alias="Operation-Id", description="An id of the client's choice.")]

_SAMPLE_ID_LENGTH = 64


@dataclass(frozen=True, slots=True)
class SampleShapes:
    """How samples of one medium look in answers: one of them, those just added, a page of a list."""

    one: type[WireAnswer]
    added: type[WireAnswer]
    page: type[WireAnswer]


@dataclass(frozen=True, slots=True)
class Serving(Generic[S, R]):
    """What the endpoints of one medium call."""

    service: IncidentService[S, R]
    deployment: Deployment
    transfer: Transfer[S, R]
    workers: Workers
    names: NamePattern
    witness: Witness = NOBODY


class IncidentEndpoints(ABC, Generic[S, R]):
    """Reads requests about the incidents of one medium, calls one service function each, answers."""

    medium: Medium
    shapes: SampleShapes

    def __init__(self, serving: Serving[S, R]) -> None:
        self._service = serving.service
        self._deployment = serving.deployment
        self._workers = serving.workers
        self._names = serving.names
        self._witness = serving.witness
        self._root = f"/contentsafety/{self.medium}/incidents"

    def router(self) -> APIRouter:
        """Return the routes; those that end with a verb come before those that would take it for a name."""
        one, kind, shapes = f"{self._root}/{{incidentName}}", self.medium.title(), self.shapes
        samples = f"{one}/incidentSamples"
        table: list[tuple[str, str, str, Any, int, Any]] = [
            ("POST", f"{one}:addIncidentSamples", "s_AddIncidentSamples", self.add, 200, shapes.added),
            ("POST", f"{one}:removeIncidentSamples", "s_RemoveIncidentSamples", self.remove, 204, None),
            ("POST", f"{one}:deploy", "Operations_Deploy", self.deploy, 202, OperationAnswer),
            ("GET", self._root, "s_ListIncidents", self.list, 200, IncidentPage),
            ("GET", samples, "s_ListIncidentSamples", self.list_samples, 200, shapes.page),
            (
                "GET",
                f"{samples}/{{incidentSampleId}}",
                "s_GetIncidentSample",
                self.get_sample,
                200,
                shapes.one,
            ),
            ("GET", one, "s_GetIncidents", self.get, 200, IncidentAnswer),
            ("PATCH", one, "s_CreateOrUpdateIncident", self.put, 200, IncidentAnswer),
            ("DELETE", one, "s_DeleteIncident", self.delete, 204, None),
        ]
        router = APIRouter(tags=[f"{self.medium} incidents"])
        for method, path, operation_id, endpoint, status, answer in table:
            router.add_api_route(
                path,
                endpoint,
                methods=[method],
                operation_id=f"{kind}Incident{operation_id}",
                status_code=status,
                response_model=answer,
                responses={201: {"model": IncidentAnswer}} if method == "PATCH" else None,
            )
        router.add_api_route(
            f"/contentsafety/{self.medium}:detectIncidents",
            self.detect,
            methods=["POST"],
            operation_id=f"{kind}Operations_DetectIncidents",
            response_model=IncidentMatches,
        )
        return router

    add: Callable[..., Awaitable[WireResponse]]
    detect: Callable[..., Awaitable[WireResponse]]

    @abstractmethod
    def listed(self, sample: S) -> WireAnswer:
        """Render a sample as a list shows it."""

    @abstractmethod
    def whole(self, sample: S) -> WireAnswer:
        """Render a sample with all it holds."""

    async def get(self, name: IncidentName) -> WireResponse:
        """Read an incident."""
        incident = await run_in_threadpool(self._service.get, self._checked(name))
        return WireResponse(IncidentAnswer.of(incident))

    async def put(
        self, request: Request, name: IncidentName, body: IncidentPatch | None = None
    ) -> WireResponse:
        """Create an incident or update it."""
        self._checked(name)
        patch = body or IncidentPatch()
        if patch.incident_name is not None and patch.incident_name != name:
            raise InvalidRequestBody(
                "The field 'incidentName' must be the name in the URL.", target="incidentName"
            )
        incident, created = await run_in_threadpool(self._service.put, name, patch.change())
        headers = {"Location": absolute_url(request, f"{self._root}/{name}")} if created else None
        return WireResponse(IncidentAnswer.of(incident), 201 if created else 200, headers)

    async def delete(self, name: IncidentName) -> WireResponse:
        """Delete an incident and its samples."""
        await run_in_threadpool(self._service.delete, self._checked(name))
        return WireResponse(status_code=204)

    async def list(self, request: Request, page: PageQuery) -> WireResponse:
        """List the incidents, newest first."""
        found = await run_in_threadpool(self._service.list, page.skip, page.limit)
        return render_page(request, page, [IncidentAnswer.of(item) for item in found.items], more=found.more)

    async def remove(self, name: IncidentName, body: RemoveSamples) -> WireResponse:
        """Remove samples from an incident, all or none."""
        await run_in_threadpool(self._service.remove_samples, self._checked(name), body.incident_sample_ids)
        return WireResponse(status_code=204)

    async def list_samples(self, request: Request, name: IncidentName, page: PageQuery) -> WireResponse:
        """List the samples of an incident, newest first."""
        found = await run_in_threadpool(
            self._service.list_samples, self._checked(name), page.skip, page.limit
        )
        return render_page(request, page, [self.listed(item) for item in found.items], more=found.more)

    async def get_sample(self, name: IncidentName, sample_id: SampleId) -> WireResponse:
        """Read one sample of an incident."""
        if len(sample_id) > _SAMPLE_ID_LENGTH:
            raise InvalidResourceName(
                f"A sample id has at most {_SAMPLE_ID_LENGTH} characters.", target="incidentSampleId"
            )
        sample = await run_in_threadpool(self._service.get_sample, self._checked(name), sample_id)
        return WireResponse(self.whole(sample))

    async def deploy(
        self, request: Request, name: IncidentName, operation_id: OperationId = None
    ) -> WireResponse:
        """Deploy an incident: its samples of this moment are the ones that match."""
        wished = check_operation_id(operation_id, "Operation-Id") if operation_id else None
        operation = await run_in_threadpool(self._deployment.deploy, self._checked(name), wished)
        return WireResponse(OperationAnswer.of(operation), 202, operation_headers(request, operation))

    def matches(self, hits: Iterable[str]) -> WireResponse:
        """Answer with the incidents that were hit."""
        found = list(hits)
        for hit in found:
            self._witness.incident(self.medium, hit)
        return WireResponse(
            IncidentMatches(incident_matches=[IncidentMatch(incident_name=hit) for hit in found])
        )

    def _checked(self, name: str) -> str:
        return self._names.check(name, "incidentName")
