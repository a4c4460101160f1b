"""Quell's own operations on incidents: settings, preview, export and import, the same for both media."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool

from quell.http.wire import WireAnswer, WireResponse
from quell.incidents.domain import DEFAULT_SENSITIVITY, IncidentChange, IncidentCopy, Medium
from quell.incidents.endpoints import IncidentName, Serving
from quell.incidents.own_schemas import SettingsAnswer, SettingsPatch
from quell.incidents.rows import R, S
from quell.values import KEEP


class OwnIncidentEndpoints(ABC, Generic[S, R]):
    """Reads requests about the incidents of one medium, calls one service function each, answers."""

    medium: Medium
    kind: str
    previewed: type[WireAnswer]
    document: type[WireAnswer]
    preview_body: dict[str, Any] | None = None
    preview: Callable[..., Awaitable[WireResponse]]
    bring_in: Callable[..., Awaitable[WireResponse]]

    def __init__(self, serving: Serving[S, R]) -> None:
        self._service = serving.service
        self._transfer = serving.transfer
        self._workers = serving.workers
        self._names = serving.names

    def router(self) -> APIRouter:
        """Return the routes; those that end with a verb come before those that would take it for a name."""
        root, kind = f"/quell/{self.medium}/incidents", self.kind
        one = f"{root}/{{incidentName}}"
        table: list[tuple[str, str, str, Any, Any]] = [
            ("POST", f"{root}:preview", f"Quell_Preview{kind}", self.preview, self.previewed),
            ("POST", f"{root}:import", f"Quell_Import{kind}", self.bring_in, SettingsAnswer),
            ("GET", f"{one}:export", f"Quell_Export{kind}", self.export, self.document),
            ("GET", one, f"Quell_Get{kind}Settings", self.settings, SettingsAnswer),
            ("PATCH", one, f"Quell_Update{kind}Settings", self.change, SettingsAnswer),
        ]
        router = APIRouter(tags=["quell"])
        for method, path, operation_id, endpoint, answer in table:
            router.add_api_route(
                path,
                endpoint,
                methods=[method],
                operation_id=operation_id,
                response_model=answer,
                responses={201: {"model": answer}} if path.endswith(":import") else None,
                openapi_extra=self.preview_body if path.endswith(":preview") else None,
            )
        return router

    @abstractmethod
    def rendered(self, copy: IncidentCopy[Any]) -> WireAnswer:
        """Render an incident as one document."""

    async def settings(self, name: IncidentName) -> WireResponse:
        """Read the sensitivity and the sample count of an incident."""
        incident = await run_in_threadpool(self._service.get, self._checked(name))
        return WireResponse(SettingsAnswer.of(incident))

    async def change(self, name: IncidentName, body: SettingsPatch) -> WireResponse:
        """Set the sensitivity of an incident."""
        sent = "sensitivity" in body.model_fields_set
        default = DEFAULT_SENSITIVITY if body.sensitivity is None else body.sensitivity
        change = IncidentChange(sensitivity=default if sent else KEEP)
        incident = await run_in_threadpool(self._service.change, self._checked(name), change)
        return WireResponse(SettingsAnswer.of(incident))

    async def export(self, name: IncidentName) -> WireResponse:
        """Write an incident as one JSON file."""
        copy = await run_in_threadpool(self._transfer.export, self._checked(name))
        headers = {"Content-Disposition": f'attachment; filename="{name}.incident.json"'}
        return WireResponse(await run_in_threadpool(self.rendered, copy), headers=headers)

    def _checked(self, name: str) -> str:
        return self._names.check(name, "incidentName")
