"""What is wrong with a request, in sentences: pydantic's findings as errors of the catalogue."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from quell.errors import InvalidRequestBody, InvalidResourceName, QuellError

MAX_FAULTS = 20
"""How many faults of one request are told."""

_SENTENCES: Mapping[str, str] = {
    "string_type": "must be a string.",
    "string_too_long": "must have at most {max_length} characters (Unicode code points).",
    "string_too_short": "must have at least {min_length} characters.",
    "string_pattern_mismatch": "must match the pattern {pattern}.",
    "int_type": "must be an integer.",
    "int_parsing": "must be an integer.",
    "int_parsing_size": "must be an integer of 32 bits.",
    "int_from_float": "must be an integer.",
    "float_type": "must be a number.",
    "float_parsing": "must be a number.",
    "finite_number": "must be a finite number.",
    "bool_type": "must be true or false.",
    "bool_parsing": "must be true or false.",
    "list_type": "must be an array.",
    "tuple_type": "must be an array.",
    "dict_type": "must be an object.",
    "model_type": "must be an object.",
    "model_attributes_type": "must be an object.",
    "too_long": "must have at most {max_length} items.",
    "too_short": "must have at least {min_length} items.",
    "greater_than_equal": "must be at least {ge}.",
    "greater_than": "must be greater than {gt}.",
    "less_than_equal": "must be at most {le}.",
    "less_than": "must be less than {lt}.",
    "enum": "must be one of {expected}.",
    "literal_error": "must be one of {expected}.",
}

_ONE = re.compile(r" 1 (item|character)s\b")


def faults(findings: Sequence[Any]) -> list[QuellError]:
    """Return one error for each finding, in order, the first `MAX_FAULTS` of them; never empty."""
    return [_fault(finding) for finding in findings[:MAX_FAULTS]] or [InvalidRequestBody()]


def wire_path(location: Sequence[str | int]) -> str:
    """Return a place in a body as the wire writes it: incidents.incidentNames[0]."""
    path = ""
    for step in location:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path


def _fault(finding: Mapping[str, Any]) -> QuellError:
    kind, context = finding["type"], finding.get("ctx", {})
    source, *location = finding["loc"] or ("body",)
    if source == "path":
        return InvalidResourceName(f"The name in the URL {_reason(kind, context)}", target=str(location[0]))
    path = wire_path(location)
    if kind in {"unknown_members", "twice"}:
        target = f"{path}.{context['member']}" if path else context["member"]
        return InvalidRequestBody(finding["msg"], target=target)
    subject = _subject(source, path)
    if kind == "missing":
        return InvalidRequestBody(f"{subject} is required.", target=path or None)
    reason = _reason(kind, context)
    sentence = f"{subject} {reason}" if reason.startswith("must ") else reason
    return InvalidRequestBody(sentence, target=path or None)


def _subject(source: str, path: str) -> str:
    if source == "query":
        return f"The query parameter '{path}'"
    if source == "header":
        return f"The header '{path}'"
    return f"The field '{path}'" if path else "The request body"


def _reason(kind: str, context: Mapping[str, Any]) -> str:
    if kind in _SENTENCES:
        return _ONE.sub(r" 1 \1", _SENTENCES[kind].format_map(context))
    if kind == "value_error":
        return str(context["error"])
    if kind == "one_of":
        return f"must be one of {context['names']}."
    if kind == "must":
        return str(context["sentence"])
    return "must match the API definition."
