"""The protocol's operations on the samples of text incidents, over HTTP."""

import pytest
from fastapi.testclient import TestClient

from tests.incidents.wire import ROOT, add, call, refusal


def test_added_samples_come_back_with_ids(client: TestClient) -> None:
    """The answer echoes the texts in order; one sample and the list have the same form."""
    ids = add(client, "scam", "front row", "gift card")
    one = call(client, "GET", f"{ROOT}/scam/incidentSamples/{ids[0]}").json()
    listed = call(client, "GET", f"{ROOT}/scam/incidentSamples").json()

    assert one == {"incidentSampleId": ids[0], "text": "front row"}
    assert listed == {"value": [{"incidentSampleId": ids[1], "text": "gift card"}, one]}


def test_members_are_found_in_any_case(client: TestClient) -> None:
    """Published examples write IncidentSamples and IncidentSampleIds."""
    call(client, "PATCH", f"{ROOT}/scam", {})
    body = {"IncidentSamples": [{"Text": "front row", "incidentSampleId": "ignored"}]}
    added = call(client, "POST", f"{ROOT}/scam:addIncidentSamples", body)
    ids = [sample["incidentSampleId"] for sample in added.json()["incidentSamples"]]
    removed = call(client, "POST", f"{ROOT}/scam:removeIncidentSamples", {"IncidentSampleIds": ids})

    assert (added.status_code, removed.status_code, removed.content) == (200, 204, b"")
    assert call(client, "GET", f"{ROOT}/scam/incidentSamples").json() == {"value": []}


@pytest.mark.parametrize(
    ("samples", "target"),
    [
        (None, "incidentSamples"),
        ([], "incidentSamples"),
        ([{}], "incidentSamples[0].text"),
        ([{"text": ""}], "incidentSamples[0].text"),
        ([{"text": "fine"}, {"text": " \n\t"}], "incidentSamples[1].text"),
        ([{"text": "\u200b\u200d"}], "incidentSamples[0].text"),
        ([{"text": None}], "incidentSamples[0].text"),
        ([{"text": 7}], "incidentSamples[0].text"),
        ([{"text": "x" * 1025}], "incidentSamples[0].text"),
        ([{"text": "x", "image": {}}], "incidentSamples[0].image"),
        ([{"text": "x"}] * 101, "incidentSamples"),
    ],
)
def test_bad_samples_are_refused(client: TestClient, samples: object, target: str) -> None:
    """The error names the field at fault, and nothing is added."""
    call(client, "PATCH", f"{ROOT}/scam", {})
    body = {} if samples is None else {"incidentSamples": samples}
    answer = call(client, "POST", f"{ROOT}/scam:addIncidentSamples", body)

    assert refusal(answer) == (400, "InvalidRequestBody", target)
    assert call(client, "GET", f"{ROOT}/scam/incidentSamples").json() == {"value": []}


def test_the_largest_call_is_accepted(client: TestClient) -> None:
    """100 samples of 1,024 code points each, added and removed in one call each."""
    ids = add(client, "scam", *("🎈" * 1023 + chr(0x1F600 + number % 50) for number in range(100)))
    removed = call(client, "POST", f"{ROOT}/scam:removeIncidentSamples", {"incidentSampleIds": ids})

    assert (len(set(ids)), removed.status_code) == (100, 204)


def test_an_incident_takes_a_thousand_samples(client: TestClient) -> None:
    """The thousandth sample is accepted, the next one refused with the limit in the message."""
    for part in range(10):
        add(client, "scam", *(f"sample {part} {number}" for number in range(100)))
    answer = call(client, "POST", f"{ROOT}/scam:addIncidentSamples", {"incidentSamples": [{"text": "more"}]})

    assert refusal(answer) == (400, "InvalidRequestBody", "incidentSamples")
    assert "limit of 1000 samples" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("ids", "status", "target"),
    [
        (None, 400, "incidentSampleIds"),
        ([], 400, "incidentSampleIds"),
        ([7], 400, "incidentSampleIds[0]"),
        (["x"] * 101, 400, "incidentSampleIds"),
        (["unknown"], 404, "incidentSampleIds[0]"),
    ],
)
def test_bad_removals_are_refused(client: TestClient, ids: object, status: int, target: str) -> None:
    """Malformed lists are 400, unknown ids 404."""
    add(client, "scam", "front row")
    body = {} if ids is None else {"incidentSampleIds": ids}
    answer = call(client, "POST", f"{ROOT}/scam:removeIncidentSamples", body)

    assert refusal(answer)[::2] == (status, target)


@pytest.mark.parametrize(("length", "status"), [(64, 404), (65, 400)])
def test_sample_ids_in_urls_have_64_characters_at_most(client: TestClient, length: int, status: int) -> None:
    """An id that may exist is not found, one that cannot exist is refused."""
    call(client, "PATCH", f"{ROOT}/scam", {})

    assert call(client, "GET", f"{ROOT}/scam/incidentSamples/{'x' * length}").status_code == status
