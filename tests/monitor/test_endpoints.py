"""The figures over HTTP, and that what they count is counted."""

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from quell.analyze.harm_model import ModelHarmAnalyzer
from quell.monitor.domain import TOP
from tests.doubles import TinyHarms
from tests.house import House, build_house

VERSION = {"api-version": "2024-09-15-preview"}


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Return a house that judges harms."""
    return build_house(tmp_path, harm=ModelHarmAnalyzer(TinyHarms()))


def analyze(client: TestClient, text: str, **more: object) -> None:
    """Analyse a text; it must be answered."""
    answer = client.post("/contentsafety/text:analyze", params=VERSION, json={"text": text, **more})
    assert answer.status_code == 200


def test_requests_refusals_and_severities_are_counted(house: House) -> None:
    """An operation by its class, what names none as unknown, each severity by category."""
    client = house.client()
    analyze(client, "a shove and a wink", categories=["Violence", "Sexual"])
    analyze(client, "a shove", categories=["Violence"])
    client.post("/contentsafety/text:analyze", params=VERSION, json={})
    client.get("/contentsafety/nowhere", params=VERSION)
    answer = client.get("/quell/monitor").json()
    totals = answer["totals"]

    assert (totals["total"], totals["refused"], totals["failed"]) == (4, 2, 0)
    assert totals["requests"] == [
        {"operation": "TextOperations_AnalyzeText", "statusClass": "2xx", "count": 2},
        {"operation": "TextOperations_AnalyzeText", "statusClass": "4xx", "count": 1},
        {"operation": "unknown", "statusClass": "4xx", "count": 1},
    ]
    assert totals["severities"] == [
        {"medium": "text", "category": "Sexual", "severity": 2, "count": 1},
        {"medium": "text", "category": "Violence", "severity": 2, "count": 2},
    ]
    assert totals["latency"]["count"] == 4
    assert [one["operation"] for one in totals["latencies"]] == ["TextOperations_AnalyzeText", "unknown"]
    assert {**answer["hours"][0], "hour": None} == {**totals, "hour": None}


def test_a_batch_counts_the_texts_that_were_sent_and_no_other(house: House) -> None:
    """What tries the options out before the first line is nobody's text."""
    client = house.client()
    body = {"texts": ["a shove"], "categories": ["Violence"]}
    answer = client.post("/quell/text:batch", json=body)
    house.monitor.flush()
    totals = client.get("/quell/monitor", params={"hours": 1}).json()["totals"]

    assert answer.status_code == 200
    assert totals["severities"] == [{"medium": "text", "category": "Violence", "severity": 2, "count": 1}]


def test_hits_are_counted_by_name_and_id_and_never_by_content(house: House) -> None:
    """Detection and analysis both count; a term counts once for a text, by its id."""
    house.create("scam", "transfer the fee for the parcel")
    client = house.client()
    client.patch("/contentsafety/text/blocklists/brands", params=VERSION, json={})
    items = {"blocklistItems": [{"text": "zebracorn"}]}
    added = client.post(
        "/contentsafety/text/blocklists/brands:addOrUpdateBlocklistItems", params=VERSION, json=items
    )
    item_id = added.json()["blocklistItems"][0]["blocklistItemId"]
    text = "transfer the fee for the parcel zebracorn zebracorn"
    asked = {"incidentNames": ["scam"]}
    analyze(client, text, blocklistNames=["brands"], incidents=asked)
    analyze(client, "good morning everyone", blocklistNames=["brands"], incidents=asked)
    client.post(
        "/contentsafety/text:detectIncidents",
        params=VERSION,
        json={"text": "transfer the fee for the parcel", **asked},
    )
    house.monitor.flush()
    totals = client.get("/quell/monitor", params={"hours": 1}).json()["totals"]
    with house.database.reading() as tx:
        stored = json.dumps([dict(row) for row in tx.fetch_all("select * from monitor_hour")])

    assert totals["incidents"] == [{"medium": "text", "incidentName": "scam", "count": 2}]
    assert totals["terms"] == [{"blocklistName": "brands", "blocklistItemId": item_id, "count": 1}]
    assert "zebracorn" not in stored
    assert "parcel" not in stored


def test_rejected_verdicts_stand_beside_refused_requests(house: House) -> None:
    """From medium on unless another severity is asked about; a match rejects whatever the severity."""
    house.create("scam", "transfer the fee for the parcel")
    client = house.client()
    analyze(client, "a shove", categories=["Violence"])
    analyze(client, "good morning", categories=["Violence", "Hate"])
    analyze(
        client, "transfer the fee for the parcel", incidents={"incidentNames": ["scam"]}, categories=["Hate"]
    )
    usual = client.get("/quell/monitor").json()
    strict = client.get("/quell/monitor", params={"rejectAt": 2}).json()
    explained = {"text": "a shove", "categories": ["Violence"]}
    assert client.post("/quell/text:explain", json=explained).status_code == 200

    assert (usual["rejectAt"], strict["rejectAt"]) == (4, 2)
    assert usual["totals"]["verdicts"] == [{"medium": "text", "count": 3, "rejected": 1, "matched": 1}]
    assert strict["totals"]["verdicts"] == [{"medium": "text", "count": 3, "rejected": 2, "matched": 1}]
    assert usual["totals"]["rejects"] == [
        {"medium": "text", "category": "Hate", "count": 2, "rejected": 0},
        {"medium": "text", "category": "Violence", "count": 2, "rejected": 0},
    ]
    assert strict["totals"]["rejects"][1]["rejected"] == 1
    assert client.get("/quell/monitor").json()["totals"]["verdicts"] == usual["totals"]["verdicts"]


def test_every_incident_tells_its_hits_beyond_the_top(house: House) -> None:
    """The report names twenty; this one all of them, with the last hour and each hour."""
    for number in range(TOP + 2):
        house.monitor.witness.incident("text", f"scam-{number:02}")
    house.monitor.witness.incident("text", "scam-21")
    client = house.client()
    found = client.get("/quell/monitor/incidents").json()
    names = {one["incidentName"] for one in found["value"]}

    assert found["enabled"]
    assert len(client.get("/quell/monitor").json()["totals"]["incidents"]) == TOP
    assert names == {f"scam-{number:02}" for number in range(TOP + 2)}
    assert {**found["value"][0], "hours": None} == {
        "medium": "text",
        "incidentName": "scam-21",
        "lastHour": 2,
        "count": 2,
        "hours": None,
    }
    assert [one["count"] for one in found["value"][0]["hours"]] == [2]


@pytest.mark.parametrize("level", ["0", "8", "x"])
def test_a_severity_that_there_is_not_is_refused(house: House, level: str) -> None:
    """From 1 to 7, and the refusal names the parameter."""
    answer = house.client().get("/quell/monitor", params={"rejectAt": level})

    assert answer.status_code == 400
    assert "'rejectAt'" in answer.json()["error"]["message"]


@pytest.mark.parametrize("hours", ["0", "745", "-1", "x", "1.5"])
def test_a_span_that_is_not_kept_is_refused(house: House, hours: str) -> None:
    """From one hour to 31 days, and the refusal names the parameter."""
    answer = house.client().get("/quell/monitor", params={"hours": hours})

    assert answer.status_code == 400
    assert "'hours'" in answer.json()["error"]["message"]
