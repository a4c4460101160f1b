"""What every answer carries."""

import uuid

import pytest
from fastapi.testclient import TestClient
from tests.http.toy import INCIDENT, PREVIEW, toy_client

from quell.http.context import request_id

GOOD, BAD, OPEN = f"{INCIDENT}?api-version={PREVIEW}", "/contentsafety/nothing", "/ready"


@pytest.mark.parametrize("path", [GOOD, BAD, OPEN])
def test_every_answer_has_the_services_headers(client: TestClient, path: str) -> None:
    """Ids, region, time taken, sniffing off and the content type with its charset."""
    headers = client.get(path).headers

    assert (
        headers["apim-request-id"] == headers["x-ms-request-id"] == str(uuid.UUID(headers["apim-request-id"]))
    )
    assert headers["x-ms-region"] == "local"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-envoy-upstream-service-time"].isdigit()
    assert headers["content-type"] == "application/json; charset=utf-8"


def test_ids_are_not_repeated(client: TestClient) -> None:
    """Each request has an id of its own."""
    assert len({client.get(GOOD).headers["apim-request-id"] for _ in range(5)}) == 5


def test_a_clients_own_id_is_echoed(client: TestClient) -> None:
    """The x-ms-client-request-id of the request stands on the answer."""
    answer = client.get(BAD, headers={"x-ms-client-request-id": "abc-1"})

    assert answer.headers["x-ms-client-request-id"] == "abc-1"


@pytest.mark.parametrize("sent", ["x" * 257, "é"])
def test_an_odd_client_id_is_not_echoed(client: TestClient, sent: str) -> None:
    """An id that is too long or not ASCII is left out."""
    answer = client.get(GOOD, headers={"x-ms-client-request-id": sent.encode()})

    assert "x-ms-client-request-id" not in answer.headers


def test_the_region_is_a_setting() -> None:
    """x-ms-region says what the operator set."""
    assert toy_client(region="Cellar").get(OPEN).headers["x-ms-region"] == "Cellar"


def test_there_is_no_request_id_outside_a_request() -> None:
    """Logs at start and stop have no request id."""
    assert request_id() == ""
