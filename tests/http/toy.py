"""A small app of the table's routes behind the real edge."""

import threading
from enum import Enum
from typing import Annotated, Any

from fastapi import APIRouter, Body, FastAPI, Request
from fastapi.testclient import TestClient
from pydantic import Field
from starlette.responses import Response

from quell.errors import ResourceNotFound, ServerBusy
from quell.http.auth import Authenticator, SubscriptionKeys
from quell.http.body import Limits
from quell.http.names import NamePattern
from quell.http.operations import load_operations
from quell.http.paging import PageQuery, render_page
from quell.http.pipeline import Edge, create_edge
from quell.http.wire import Timestamp, WireAnswer, WireModel, WireResponse, ignoring_case

KEY, OTHER_KEY = "first-key", "second-key"
PREVIEW = "2024-09-15-preview"
ANALYZE = f"/contentsafety/text:analyze?api-version={PREVIEW}"
INCIDENT = "/contentsafety/text/incidents/ticket-scam"


class OutputType(Enum):
    """How fine an answer is."""

    FOUR = "FourSeverityLevels"
    EIGHT = "EightSeverityLevels"


class Incidents(WireModel):
    """Which incidents to check."""

    incident_names: Annotated[list[str], Field(max_length=100)]
    halt_on_incident_hit: bool = False


class AnalyzeText(WireModel):
    """A request with every kind of member."""

    READ_ONLY = frozenset({"created"})
    EMPTY_IS_ABSENT = frozenset({"blobUrl"})
    ALSO_CALLED = {"url": "blobUrl"}  # noqa: RUF012

    text: Annotated[str, Field(min_length=1, max_length=10)]
    incidents: Incidents | None = None
    blob_url: str | None = None
    weight: float = 1.0
    output_type: Annotated[OutputType, ignoring_case(OutputType)] = OutputType.FOUR


class Thing(WireAnswer):
    """An answer with an optional member."""

    incident_name: str
    created: Timestamp = 0
    description: str | None = None


def toy_routes() -> APIRouter:
    """Return endpoints for a few routes of the table."""
    router = APIRouter()

    @router.post("/contentsafety/text/incidents/{incident_name}:deploy")
    def deploy(incident_name: str) -> Response:
        return WireResponse({"deployed": incident_name}, 202)

    @router.patch("/contentsafety/text/incidents/{incident_name}", response_model=Thing)
    def patch(incident_name: str, body: Annotated[dict[str, Any] | None, Body()] = None) -> Thing:
        return Thing(incident_name=NamePattern().check(incident_name, "incidentName"))

    @router.get("/contentsafety/text/incidents/{incident_name}", response_model=Thing)
    def read(incident_name: str) -> Thing:
        if incident_name == "broken":
            raise RuntimeError("the user wrote: my secret text")
        if incident_name == "busy":
            raise ServerBusy(retry_after=3)
        if incident_name == "absent":
            raise ResourceNotFound(target="incidentName")
        return Thing(incident_name=incident_name)

    @router.get("/contentsafety/text/incidents")
    def list_all(request: Request, page: PageQuery) -> Response:
        names = [f"n{number}" for number in range(3)][page.skip :]
        things = [Thing(incident_name=name) for name in names[: page.limit]]
        return render_page(request, page, things, more=len(names) > page.limit)

    @router.post("/contentsafety/text:analyze")
    def analyze(body: AnalyzeText) -> Response:
        return WireResponse({"text": body.text, "outputType": body.output_type.value, "url": body.blob_url})

    @router.post("/quell/text/incidents:preview")
    async def preview(request: Request) -> Response:
        return WireResponse({"lines": (await request.body()).decode().splitlines()})

    return router


def toy_edge(
    *, routes: APIRouter | None = None, strict: bool = False, limits: Limits | None = None, **options: Any
) -> Edge:
    """Return the toy app behind the edge."""
    app = FastAPI()

    @app.get("/ready")
    def ready() -> dict[str, bool]:
        return {"ready": True}

    app.include_router(routes or toy_routes())
    authenticator: Authenticator = options.pop("authenticator", SubscriptionKeys([KEY, OTHER_KEY]))
    return create_edge(
        app,
        operations=load_operations(strict=strict),
        authenticator=authenticator,
        limits=limits,
        **options,
    )


def toy_client(**options: Any) -> TestClient:
    """Return a client with the key for a toy edge."""
    return TestClient(toy_edge(**options), headers={"Ocp-Apim-Subscription-Key": KEY})


def held_open(entered: threading.Semaphore, release: threading.Event) -> APIRouter:
    """Return a route that says when a request is in it, and holds it until it is released."""
    router = APIRouter()

    @router.post("/contentsafety/text:analyze")
    def wait() -> dict[str, bool]:
        entered.release()
        return {"done": release.wait(10)}

    @router.get("/contentsafety/text/incidents")
    def look() -> dict[str, bool]:
        return {"done": True}

    return router
