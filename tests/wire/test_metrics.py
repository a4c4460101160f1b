"""The metrics of the app as it is wired for service."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families

from quell.access.service import KeyService
from quell.access.store import KeyStore
from quell.database.migrate import migrate
from quell.database.opening import open_database
from quell.harms import HarmReading
from quell.http.flood import FloodGate
from quell.models import WEIGHTS, load_manifest
from tests.databases import database_url
from tests.doubles import TinyHarms
from tests.wire.app import GA, KEY, PREVIEW, add_incident, add_list, call, opened, wired

HEADER = "Ocp-Apim-Subscription-Key"
ANALYZE = "/contentsafety/text:analyze"
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples(client: TestClient) -> Samples:
    """Read the page; return each sample by its name and labels."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def value(found: Samples, name: str, **labels: str) -> float | None:
    """Return the value of one sample."""
    return found.get((name, frozenset(labels.items())))


def test_requests_are_counted_by_operation_version_and_status(tmp_path: Path) -> None:
    """An answer, a refusal and an unknown path, each with its time."""
    with wired(tmp_path) as client:
        call(client, "POST", ANALYZE, {"text": "a shove"}, GA)
        call(client, "POST", ANALYZE, {}, PREVIEW)
        client.get("/nowhere")
        found = samples(client)

    operation = "TextOperations_AnalyzeText"
    assert value(found, "quell_requests_total", operation=operation, api_version=GA, status="2xx") == 1
    assert value(found, "quell_requests_total", operation=operation, api_version=PREVIEW, status="4xx") == 1
    assert value(found, "quell_requests_total", operation="other", api_version="none", status="4xx") == 1
    assert value(found, "quell_request_seconds_count", operation=operation) == 2
    assert value(found, "quell_requests_in_flight") == 1
    assert (value(found, "process_resident_memory_bytes") or 0) > 1_000_000


def test_stages_findings_and_waits_are_counted(tmp_path: Path) -> None:
    """What one analysis with an incident and a blocklist does."""
    with wired(tmp_path) as client:
        add_incident(client, "a-private-name", "pay the fee for the parcel")
        add_incident(client, "a-second-private-name", "an unlike offer of a prize")
        add_list(client, "another-private-name", "zebracorn")
        asked = {
            "text": "pay the fee for the parcel, zebracorn, with a shove",
            "blocklistNames": ["another-private-name"],
            "incidents": {"incidentNames": ["a-private-name", "a-second-private-name"]},
        }
        assert call(client, "POST", ANALYZE, asked, PREVIEW).status_code == 200
        found = samples(client)
        page = client.get("/metrics").text

    for name in ("harms", "blocklists", "incidents", "encode"):
        assert value(found, "quell_stage_seconds_count", stage=name) == 1, name
    assert (value(found, "quell_queue_wait_seconds_count", pool="work") or 0) >= 1
    assert value(found, "quell_incident_hits_total", medium="text") == 1
    assert value(found, "quell_blocklist_hits_total") == 1
    assert value(found, "quell_severities_total", medium="text", category="Violence", severity="2") == 1
    assert value(found, "quell_index_entries", index="text-incidents") == 2
    assert value(found, "quell_incident_loads_total", index="text-incidents") == 2
    assert value(found, "quell_incident_memory_limit_bytes", index="image-incidents") == 1e9
    assert value(found, "quell_index_entries", index="blocklists") == 1
    assert value(found, "quell_change_lag", index="blocklists") == 0
    assert "private-name" not in page


def test_models_are_told_with_their_hash(tmp_path: Path) -> None:
    """Each file that a manifest names."""
    with wired(tmp_path) as client:
        found = samples(client)

    told = {
        (labels["model"], labels["file"], labels["revision"], labels["sha256"])
        for name, pairs in found
        if name == "quell_model_info" and (labels := dict(pairs))
    }
    manifests = [load_manifest(path.parent) for path in WEIGHTS.glob("*/manifest.toml")]
    assert told == {
        (one.name, file.path, one.revision, file.sha256) for one in manifests for file in one.files
    }


def test_what_cannot_be_taken_on_is_counted_by_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the only worker is held and none may wait, a second request is refused because of the queue."""
    begun, gate = threading.Event(), threading.Event()
    analyze = TinyHarms.analyze

    def held(self: TinyHarms, text: str) -> HarmReading:
        begun.set()
        gate.wait(10)
        return analyze(self, text)

    monkeypatch.setattr(TinyHarms, "analyze", held)
    with wired(tmp_path, workers=1, queue_limit=0) as client, ThreadPoolExecutor(1) as thread:
        first = thread.submit(call, client, "POST", ANALYZE, {"text": "first"}, GA)
        begun.wait(10)
        second = call(client, "POST", ANALYZE, {"text": "second"}, GA)
        gate.set()
        assert (first.result().status_code, second.status_code) == (200, 429)
        found = samples(client)

    assert value(found, "quell_requests_refused_total", status="429", reason="queue") == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({HEADER: "wrong"}, 401),
        ({HEADER: KEY}, 200),
        ({"Authorization": f"Bearer {KEY}"}, 200),
        ({"Authorization": f"bearer {KEY}"}, 200),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": f"Basic {KEY}"}, 401),
        ({"Authorization": "Bearer"}, 401),
        ({HEADER: "wrong", "Authorization": f"Bearer {KEY}"}, 401),
    ],
)
def test_a_scraper_needs_a_key(tmp_path: Path, headers: dict[str, str], status: int) -> None:
    """In the header of the protocol or as Prometheus sends a token; a wrong key is not looked past."""
    with wired(tmp_path) as client:
        client.headers.pop(HEADER)
        answer = client.get("/metrics", headers=headers)

    assert answer.status_code == status
    assert ("quell_" in answer.text) == (status == 200)


@pytest.mark.parametrize(
    ("role", "own", "status"),
    [
        ("read", None, 200),
        ("manage", None, 200),
        ("analyze", None, 403),
        ("read", "a.key.with-dots-of-its-own-0123456789-0123456789", 200),
    ],
)
def test_a_named_key_needs_a_role_that_reads(tmp_path: Path, role: str, own: str | None, status: int) -> None:
    """What is counted is not for those who may only analyse; a key with dots is no signed token."""
    database = open_database(tmp_path, database_url(tmp_path), durability="normal")
    migrate(database)
    key = KeyService(database, KeyStore(), lambda: 1).add("scraper", [role], key=own)
    database.close()

    with wired(tmp_path) as client:
        client.headers.pop(HEADER)
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {key}"})

    assert answer.status_code == status


def test_the_page_is_open_or_absent_as_set(tmp_path: Path) -> None:
    """`open` asks for no key; `off` has no page, even for those with a key, and measures nothing."""
    with wired(tmp_path / "open", metrics="open") as client:
        assert client.get("/metrics", headers={HEADER: ""}).status_code == 200
    with wired(tmp_path / "off", metrics="off") as client:
        assert client.get("/metrics").status_code == 404


def test_openmetrics_is_answered_to_those_who_ask(tmp_path: Path) -> None:
    """Newer scrapers ask for it; its own parser reads it to the end."""
    with wired(tmp_path) as client:
        call(client, "POST", ANALYZE, {"text": "a shove"}, GA)
        answer = client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})

    families = {family.name for family in parse_openmetrics(answer.text)}
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert {"quell_requests", "quell_build", "quell_jobs"} <= families


def test_what_is_turned_away_before_the_edge_is_counted_alike(tmp_path: Path) -> None:
    """The page and the monitor have it under the labels that a refusal of the edge would have."""
    gate = FloodGate()
    with opened(tmp_path, max_in_flight=1, workers=1, gate=gate) as (client, quell):
        held = threading.Event()
        quell.workers.submit(held.wait)
        with ThreadPoolExecutor(1) as thread:
            waiting = thread.submit(call, client, "POST", ANALYZE, {"text": "a shove"}, GA)
            target = f"{ANALYZE}?api-version={GA}".encode()
            turned_away = None
            while turned_away is None:
                turned_away = client.portal.call(gate.answer, target, [], b"")
            found = samples(client)
            held.set()
            assert waiting.result().status_code == 200

    labels = {"operation": "TextOperations_AnalyzeText", "api_version": GA, "status": "4xx"}
    assert value(found, "quell_requests_total", **labels) == 1
    assert value(found, "quell_requests_refused_total", status="429", reason="in-flight") == 1
    assert b'"code":"TooManyRequests"' in turned_away
    assert b"\r\nRetry-After: 1\r\n".lower() in turned_away.lower()
