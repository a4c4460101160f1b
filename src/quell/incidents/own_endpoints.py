"""Quell's own operations on text incidents: settings, preview, export and import."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool

from quell.http.names import NamePattern
from quell.http.wire import WireResponse
from quell.incidents.chunks import in_chunks
from quell.incidents.domain import DEFAULT_SENSITIVITY, IncidentChange
from quell.incidents.endpoints import IncidentName
from quell.incidents.intake import Intake
from quell.incidents.matcher import FittedIncident
from quell.incidents.own_schemas import (
    DocumentAnswer,
    FindingAnswer,
    IncidentDocument,
    PreviewAnswer,
    PreviewIncident,
    SettingsAnswer,
    SettingsPatch,
)
from quell.incidents.preview import Finding, Preview, in_order
from quell.incidents.preview_lines import read_preview
from quell.incidents.service import IncidentService
from quell.incidents.transfer import Transfer
from quell.values import KEEP
from quell.workers import Workers

ROOT = "/quell/text/incidents"


class OwnIncidentEndpoints:
    """Reads requests, calls one service function each, answers."""

    def __init__(
        self,
        *,
        service: IncidentService,
        preview: Preview,
        transfer: Transfer,
        intake: Intake,
        workers: Workers,
        names: NamePattern,
    ) -> None:
        self._service = service
        self._preview = preview
        self._transfer = transfer
        self._intake = intake
        self._workers = workers
        self._names = names

    def router(self) -> APIRouter:
        """Return the routes; those that end with a verb come before those that would take it for a name."""
        one = f"{ROOT}/{{incidentName}}"
        table: list[tuple[str, str, str, Any, Any]] = [
            ("POST", f"{ROOT}:preview", "Quell_PreviewIncident", self.preview, PreviewAnswer),
            ("POST", f"{ROOT}:import", "Quell_ImportIncident", self.bring_in, SettingsAnswer),
            ("GET", f"{one}:export", "Quell_ExportIncident", self.export, DocumentAnswer),
            ("GET", one, "Quell_GetIncidentSettings", self.settings, SettingsAnswer),
            ("PATCH", one, "Quell_UpdateIncidentSettings", self.change, SettingsAnswer),
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
                openapi_extra=_PREVIEW_BODY if path.endswith(":preview") else None,
            )
        return router

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

    async def preview(self, request: Request) -> WireResponse:
        """Say what an incident would catch before it is live."""
        body = read_preview(await request.body(), request.headers)
        fitted = await self._fit(body)
        placed = list(enumerate(body.texts))

        def judge(chunk: Sequence[tuple[int, str]]) -> Sequence[Finding]:
            return [self._preview.judge(fitted, position, text) for position, text in chunk]

        findings = in_order(await in_chunks(self._workers, judge, placed))
        return WireResponse(await run_in_threadpool(_answer, fitted, findings))

    async def export(self, name: IncidentName) -> WireResponse:
        """Write an incident as one JSON file."""
        copy = await run_in_threadpool(self._transfer.export, self._checked(name))
        headers = {"Content-Disposition": f'attachment; filename="{name}.incident.json"'}
        return WireResponse(DocumentAnswer.of(copy), headers=headers)

    async def bring_in(
        self,
        body: IncidentDocument,
        overwrite: Annotated[bool, Query(description="Replace an incident of the same name.")] = False,
    ) -> WireResponse:
        """Make an incident from an exported file, all of it or nothing."""
        copy = body.copy_of()
        self._checked(copy.name)
        await run_in_threadpool(self._transfer.check, copy.name, len(copy.samples), overwrite=overwrite)
        read = await self._intake.read(copy.samples, "samples[{}].text")
        incident, created = await run_in_threadpool(self._transfer.bring_in, copy, read, overwrite=overwrite)
        return WireResponse(SettingsAnswer.of(incident), 201 if created else 200)

    async def _fit(self, body: PreviewIncident) -> FittedIncident:
        if body.incident_name is not None:
            self._checked(body.incident_name)
        samples = await self._intake.read(body.samples, "samples[{}]")
        return await asyncio.wrap_future(
            self._workers.submit(self._preview.fit, body.incident_name, samples, body.sensitivity)
        )

    def _checked(self, name: str) -> str:
        return self._names.check(name, "incidentName")


def _answer(fitted: FittedIncident, findings: Sequence[Finding]) -> PreviewAnswer:
    outcomes = [finding.outcome for finding in findings]
    return PreviewAnswer(
        threshold=fitted.threshold,
        sample_count=len(fitted.samples),
        caught=outcomes.count("caught"),
        nearly=outcomes.count("nearly"),
        not_caught=outcomes.count("not"),
        findings=[FindingAnswer.of_finding(finding) for finding in findings],
    )


_PREVIEW_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": PreviewIncident.model_json_schema()},
            "application/x-ndjson": {
                "schema": {
                    "type": "string",
                    "description": 'Lines such as {"sample": "…"} and {"text": "…"}, and at most one each of '
                    '{"sensitivity": 0.5} and {"incidentName": "…"}.',
                }
            },
        },
    }
}
