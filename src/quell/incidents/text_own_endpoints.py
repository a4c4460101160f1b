"""Quell's own operations on text incidents: what is tried and moved is texts."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Query, Request
from starlette.concurrency import run_in_threadpool

from quell.http.presence import LEFT, while_there
from quell.http.wire import WireResponse
from quell.incidents.chunks import in_chunks
from quell.incidents.domain import IncidentCopy, ReadSample, TextSample
from quell.incidents.endpoints import Serving
from quell.incidents.intake import Intake
from quell.incidents.matcher import FittedIncident
from quell.incidents.own_endpoints import OwnIncidentEndpoints
from quell.incidents.own_schemas import (
    DocumentAnswer,
    FindingAnswer,
    IncidentDocument,
    PreviewAnswer,
    PreviewIncident,
    SettingsAnswer,
)
from quell.incidents.preview import Finding, Preview, in_order
from quell.incidents.preview_lines import read_preview

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


class OwnTextIncidentEndpoints(OwnIncidentEndpoints[TextSample, ReadSample]):
    """Adds the forms of texts."""

    medium = "text"
    kind = "Incident"
    previewed = PreviewAnswer
    document = DocumentAnswer
    preview_body = _PREVIEW_BODY

    def __init__(self, serving: Serving[TextSample, ReadSample], preview: Preview, intake: Intake) -> None:
        super().__init__(serving)
        self._preview = preview
        self._intake = intake

    def rendered(self, copy: IncidentCopy[str]) -> DocumentAnswer:
        """Render an incident as one document."""
        return DocumentAnswer.of(copy)

    async def preview(self, request: Request) -> WireResponse:
        """Say what an incident would catch before it is live."""
        body = read_preview(await request.body(), request.headers)
        answer = await while_there(request, self._previewed(body))
        return WireResponse(None, LEFT) if answer is None else WireResponse(answer)

    async def _previewed(self, body: PreviewIncident) -> PreviewAnswer:
        fitted = await self._fit(body)
        placed = list(enumerate(body.texts))

        def judge(chunk: Sequence[tuple[int, str]]) -> Sequence[Finding]:
            return [self._preview.judge(fitted, position, text) for position, text in chunk]

        findings = in_order(await in_chunks(self._workers, judge, placed))
        return await run_in_threadpool(_answer, fitted, findings)

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
