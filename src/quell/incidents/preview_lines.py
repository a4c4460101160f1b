"""The two forms of a preview request: one JSON object, or JSON Lines."""

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import Headers

from quell.errors import InvalidRequestBody
from quell.http.json import decode
from quell.http.media_type import JSON_LINES, media_type
from quell.incidents.own_schemas import PreviewIncident

_LISTS = {"sample": "samples", "text": "texts"}
_SINGLES = {"sensitivity": "sensitivity", "incidentname": "incidentName"}


def read_preview(body: bytes, headers: Headers) -> PreviewIncident:
    """Read a request body; a body of JSON Lines says so in its content type."""
    value = _gather(body) if media_type(headers) == JSON_LINES else decode(body)
    try:
        return PreviewIncident.model_validate(value)
    except ValidationError as error:
        findings = [{**found, "loc": ("body", *found["loc"])} for found in error.errors()]
        raise RequestValidationError(findings) from None


def _gather(body: bytes) -> dict[str, object]:
    gathered: dict[str, object] = {"samples": [], "texts": []}
    for number, line in enumerate(body.split(b"\n"), start=1):
        if line.strip():
            name, value = _member(line, number)
            if name in _LISTS:
                _append(gathered[_LISTS[name]], value)
            elif name in _SINGLES and _SINGLES[name] not in gathered:
                gathered[_SINGLES[name]] = value
            else:
                raise InvalidRequestBody(
                    f"Line {number} must have one member: 'sample' or 'text', "
                    "or, in one line of the request, 'sensitivity' or 'incidentName'."
                )
    return gathered


def _member(line: bytes, number: int) -> tuple[str, object]:
    try:
        value = decode(line)
    except InvalidRequestBody as error:
        raise InvalidRequestBody(f"Line {number}: {error.message}") from None
    if not isinstance(value, dict) or len(value) != 1:
        return "", None
    name, member = next(iter(value.items()))
    return str(name).lower(), member


def _append(values: object, value: object) -> None:
    if isinstance(values, list):
        values.append(value)
