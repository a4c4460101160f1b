"""The OpenAPI document: FastAPI's own, completed with what the pipeline does to every request."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode

from quell import errors
from quell.errors import QuellError
from quell.http.api_version import KNOWN
from quell.http.auth import KEY_HEADER
from quell.http.operations import PREFIX, OperationTable

_SHOWN_VERSION = "2024-09-15-preview"

_CATALOGUE: dict[int, tuple[type[QuellError], ...]] = {
    400: (errors.InvalidRequestBody, errors.InvalidResourceName, errors.MissingApiVersion),
    401: (errors.AccessDenied,),
    404: (errors.ResourceNotFound, errors.UnsupportedApiVersion),
    408: (errors.RequestTimeout,),
    413: (errors.RequestEntityTooLarge,),
    415: (errors.UnsupportedMediaType,),
    429: (errors.TooManyRequests,),
    500: (errors.InternalError,),
    501: (errors.NotImplementedYet,),
    503: (errors.ServerBusy,),
}

_ERROR_SCHEMA = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string", "description": "What kind of refusal this is."},
                "message": {"type": "string", "description": "For people."},
                "target": {"type": "string", "description": "The field at fault."},
                "details": {"type": "array", "items": {"type": "object"}},
            },
        }
    },
}


def describe(app: FastAPI, table: OperationTable) -> Callable[[], dict[str, Any]]:
    """Return the function that makes an app's OpenAPI document, once."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title, version=app.version, description=app.description, routes=app.routes
            )
            _complete(made, table)
            app.openapi_schema = made
        return app.openapi_schema

    return document


def inlined(model: type[BaseModel], mode: JsonSchemaMode = "validation") -> dict[str, Any]:
    """Return a model's JSON schema in one piece, for a body that FastAPI does not read itself."""
    schema = model.model_json_schema(mode=mode)
    definitions = schema.pop("$defs", {})

    def whole(part: Any) -> Any:  # noqa: ANN401 - any part of a JSON schema
        if isinstance(part, list):
            return [whole(inner) for inner in part]
        if not isinstance(part, dict):
            return part
        beside = {name: whole(inner) for name, inner in part.items() if name != "$ref"}
        if "$ref" not in part:
            return beside
        return whole(definitions[part["$ref"].removeprefix("#/$defs/")]) | beside

    found: dict[str, Any] = whole(schema)
    return found


def _complete(document: dict[str, Any], table: OperationTable) -> None:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["ErrorResponse"] = _ERROR_SCHEMA
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    components["securitySchemes"] = {
        "SubscriptionKey": {"type": "apiKey", "in": "header", "name": KEY_HEADER}
    }
    document["security"] = [{"SubscriptionKey": []}]
    summaries = {(row.method.lower(), row.path): row.summary for row in table.rows}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _complete_operation(path, operation)
            if summary := summaries.get((method, path)):
                operation["summary"] = summary


def _complete_operation(path: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    for status, refusals in _CATALOGUE.items():
        sentences = " ".join(f"{refusal.code}: {refusal().message}" for refusal in refusals)
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorResponse"}}}
        responses.setdefault(str(status), {"description": sentences, "content": content})
    if path.startswith(PREFIX):
        operation.setdefault("parameters", []).append(
            {
                "name": "api-version",
                "in": "query",
                "required": True,
                "description": "The version of the protocol.",
                "schema": {"type": "string", "enum": [version.name for version in KNOWN]},
                "example": _SHOWN_VERSION,
            }
        )
