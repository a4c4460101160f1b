"""Asking what became of an operation, over HTTP."""

import pytest
from fastapi.testclient import TestClient

from quell.operations.domain import Operation
from tests.house import House

ROOT = "/contentsafety/text/incidents/operations"
VERSION = "?api-version=2024-09-15-preview"


def test_a_failed_operation_says_why_under_both_names(house: House, client: TestClient) -> None:
    """The schema of text incidents and the published example name the member differently: both are there."""
    house.create("empty")
    house.deployment.deploy("empty", "deploy-1")
    fault = {"code": "InvalidRequestBody", "message": "The incident 'empty' has no samples.", "details": []}

    assert client.get(f"{ROOT}/deploy-1{VERSION}").json() == {
        "id": "deploy-1",
        "status": "Failed",
        "error": fault,
        "errorMessage": fault,
    }


def test_an_unfinished_operation_says_when_to_ask_again(house: House, client: TestClient) -> None:
    """Retry-After comes only while there is something to wait for."""
    with house.database.transaction() as tx:
        house.operation_store.add(tx, Operation("text/incidents", "running", "x", "Running", 1, 1))
        house.operation_store.add(tx, Operation("text/incidents", "done", "x", "Succeeded", 1, 1))
    running, done = (client.get(f"{ROOT}/{name}{VERSION}") for name in ("running", "done"))

    assert (running.json()["status"], running.headers["retry-after"]) == ("Running", "1")
    assert "retry-after" not in done.headers


@pytest.mark.parametrize(
    ("operation_id", "status", "code"),
    [
        ("unknown", 404, "ResourceNotFound"),
        ("x" * 64, 404, "ResourceNotFound"),
        ("x" * 65, 400, "InvalidResourceName"),
        ("-a", 400, "InvalidResourceName"),
        ("a-", 400, "InvalidResourceName"),
        ("a.b", 400, "InvalidResourceName"),
    ],
)
def test_unknown_and_impossible_ids(client: TestClient, operation_id: str, status: int, code: str) -> None:
    """An id that may exist is not found, one that cannot exist is refused."""
    answer = client.get(f"{ROOT}/{operation_id}{VERSION}")

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
