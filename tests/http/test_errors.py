"""Errors as the service says them."""

import re
from typing import Any

import pytest
import structlog
from fastapi.testclient import TestClient
from tests.http.toy import ANALYZE, PREVIEW, toy_client

URL = "/contentsafety/text/incidents/{name}?api-version=" + PREVIEW


def test_a_service_error_has_the_services_shape(client: TestClient) -> None:
    """Code, message with request id and time, target, details; and the code again in a header."""
    answer = client.get(URL.format(name="absent"))

    error = answer.json()["error"]
    assert answer.status_code == 404
    assert (error["code"], error["target"], error["details"]) == ("ResourceNotFound", "incidentName", [])
    assert answer.headers["x-ms-error-code"] == "ResourceNotFound"
    request_id = answer.headers["apim-request-id"]
    assert re.fullmatch(
        rf"The requested resource does not exist\. \| Request Id: {request_id}, "
        r"Timestamp: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\.",
        error["message"],
    )


def test_a_gateway_error_has_the_gateways_shape(client: TestClient) -> None:
    """The gateway says code and message, and nothing else."""
    answer = client.get(f"/contentsafety/nothing?api-version={PREVIEW}")

    assert answer.json() == {"error": {"code": "404", "message": "Resource not found"}}
    assert answer.headers["x-ms-error-code"] == "404"


def test_an_unforeseen_exception_is_an_internal_error(client: TestClient) -> None:
    """A bug in a feature answers 500 InternalError with the request id."""
    answer = client.get(URL.format(name="broken"))

    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "InternalError")
    assert answer.headers["apim-request-id"] in answer.json()["error"]["message"]


def test_the_log_of_an_unforeseen_exception_has_the_place_and_no_text(client: TestClient) -> None:
    """The log names the exception and where it was, once, and never quotes its message."""
    with structlog.testing.capture_logs() as logs:
        answer = client.get(URL.format(name="broken"))

    (entry,) = logs
    assert entry["request_id"] == answer.headers["apim-request-id"]
    assert entry["error"] == "RuntimeError"
    assert any("toy.py" in place for place in entry["places"])
    assert "secret" not in str(logs)


def test_retry_after_stands_on_busy(client: TestClient) -> None:
    """A 503 says when to come back."""
    answer = client.get(URL.format(name="busy"))

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")


@pytest.mark.parametrize("name", ["absent", "broken"])
def test_retry_after_stands_on_nothing_else(client: TestClient, name: str) -> None:
    """Clients retry whatever carries Retry-After, so other errors have none."""
    assert "Retry-After" not in client.get(URL.format(name=name)).headers


def test_a_missing_body_is_named(client: TestClient) -> None:
    """An operation that needs a body says that the body is required."""
    error = client.post(ANALYZE).json()["error"]

    assert error["code"] == "InvalidRequestBody"
    assert error["message"].startswith("The request body is required.")


def test_hundreds_of_faults_make_a_short_answer(client: TestClient) -> None:
    """At most twenty faults of one request are told."""
    body: dict[str, Any] = {"text": "a", "incidents": {"incidentNames": [1] * 100}}

    assert len(client.post(ANALYZE, json=body).json()["error"]["details"]) == 20


def test_strict_mode_says_exactly_what_the_gateway_says() -> None:
    """In strict mode an unknown api-version is answered in the gateway's own words."""
    answer = toy_client(strict=True).get("/contentsafety/text/incidents?api-version=2024-11-01")

    assert answer.json() == {"error": {"code": "404", "message": "Resource not found"}}
