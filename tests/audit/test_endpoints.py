"""The audit log over HTTP, through the app of `quell serve`."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import quell.app
from quell.access.service import KeyService
from quell.access.store import KeyStore
from quell.database.opening import open_database
from quell.http.operations import load_operations
from quell.http.roles import changes
from tests.databases import database_url
from tests.wire.app import GA, INCIDENTS, KEY, LISTS, PREVIEW, add_incident, add_list, call, wired

CONTENT = "marmalade seats"


def log(client: TestClient, query: str = "") -> list[dict[str, Any]]:
    """Return the entries of the newest page."""
    answer = client.get(f"/quell/audit{query}")
    assert answer.status_code == 200, answer.text
    value: list[dict[str, Any]] = answer.json()["value"]
    return value


@pytest.fixture
def client(tmp_path: Path) -> Any:
    """Return a client with a plain key."""
    with wired(tmp_path / "folder") as made:
        yield made


def test_each_change_is_logged_with_who_what_and_how_it_ended(client: TestClient) -> None:
    """Created is 201, changed 200, deleted 204, and the request id is that of the answer."""
    add_incident(client, "ticket-scam", CONTENT)
    answer = call(client, "PATCH", f"{INCIDENTS}/ticket-scam", {"description": CONTENT})
    add_list(client, "words", CONTENT)
    call(client, "DELETE", f"{LISTS}/words", version=GA)

    found = [(one["operation"], one["resource"], one["status"]) for one in reversed(log(client))]
    assert found == [
        ("TextIncidents_CreateOrUpdateIncident", "text/incidents/ticket-scam", 201),
        ("TextIncidents_AddIncidentSamples", "text/incidents/ticket-scam", 200),
        ("TextIncidents_CreateOrUpdateIncident", "text/incidents/ticket-scam", 200),
        ("TextBlocklists_CreateOrUpdateTextBlocklist", "text/blocklists/words", 201),
        ("TextBlocklists_AddOrUpdateBlocklistItems", "text/blocklists/words", 200),
        ("TextBlocklists_DeleteTextBlocklist", "text/blocklists/words", 204),
    ]
    assert {one["actor"] for one in log(client)} == {"key1"}
    assert answer.headers["apim-request-id"] in {one["requestId"] for one in log(client)}


def test_neither_content_nor_key_is_ever_in_the_log(client: TestClient) -> None:
    """Texts, descriptions, terms and keys stay where they belong."""
    add_incident(client, "ticket-scam", CONTENT)
    add_list(client, "words", CONTENT)
    shown = client.get("/quell/audit").text + client.get("/quell/audit:export?form=csv").text

    assert "ticket-scam" in shown
    assert CONTENT.split(maxsplit=1)[0] not in shown
    assert KEY not in shown


def test_what_only_reads_or_judges_and_what_changed_nothing_is_not_logged(client: TestClient) -> None:
    """Analysis, lists and refused bodies leave no entry."""
    call(client, "GET", INCIDENTS)
    call(client, "POST", "/contentsafety/text:analyze", {"text": CONTENT}, GA)
    call(client, "PATCH", f"{INCIDENTS}/ticket-scam", {"unheard": 1})
    call(client, "POST", f"{INCIDENTS}/absent:addIncidentSamples", {"incidentSamples": [{"text": "x"}]})

    assert log(client) == []


def test_an_import_is_logged_under_the_name_in_its_file(client: TestClient) -> None:
    """The path does not have it."""
    add_incident(client, "ticket-scam", CONTENT)
    copy = client.get("/quell/text/incidents/ticket-scam:export").json()
    copy["incidentName"] = "copied"
    answer = client.post("/quell/text/incidents:import", json=copy)

    assert answer.status_code == 201, answer.text
    assert (log(client)[0]["operation"], log(client)[0]["resource"]) == (
        "Quell_ImportIncident",
        "text/incidents/copied",
    )


def test_a_change_refused_for_its_role_is_logged_and_not_without_end(tmp_path: Path) -> None:
    """Who tried stands there, with 403; a hammering key fills ten lines in ten seconds, no more."""
    folder = tmp_path / "folder"
    with wired(folder):
        pass
    database = open_database(folder, database_url(folder), durability="normal")
    narrow = KeyService(database, KeyStore(), quell.app.now).add("narrow", ["analyze"])
    database.close()
    with wired(folder) as client:
        headers = {"Ocp-Apim-Subscription-Key": narrow}
        forged = f'{INCIDENTS}/a%22%0A{{"forged"}},=cmd'
        statuses = {
            call(client, "DELETE", forged, version=PREVIEW, headers=headers).status_code for _ in range(30)
        }
        found = log(client, "?actor=narrow")
        lines = client.get("/quell/audit:export").text.splitlines()

    assert (statuses, len(found), len(lines)) == ({403}, 10, 10)
    assert {one["status"] for one in found} == {403}
    assert found[0]["resource"] == "text/incidents/a%22%0A%7B%22forged%22%7D%2C%3Dcmd"
    assert [json.loads(line)["operation"] for line in lines] == ["TextIncidents_DeleteIncident"] * 10


def test_pages_go_back_in_time_and_overlap_nowhere(client: TestClient) -> None:
    """The link of a page leads to the entries before it, whatever was added since."""
    for number in range(5):
        call(client, "PATCH", f"{INCIDENTS}/n{number}", {})
    first = client.get("/quell/audit?maxpagesize=2").json()
    call(client, "PATCH", f"{INCIDENTS}/late", {})
    second = client.get(first["nextLink"]).json()
    third = client.get(second["nextLink"]).json()

    names = [one["resource"].rpartition("/")[2] for page in (first, second, third) for one in page["value"]]
    assert names == ["n4", "n3", "n2", "n1", "n0"]
    assert "nextLink" not in third


def test_a_span_of_time_is_kept_over_pages(client: TestClient) -> None:
    """`since` includes its moment, `until` does not, and both stand in the link."""
    for number in range(4):
        call(client, "PATCH", f"{INCIDENTS}/n{number}", {})
    times = [one["time"] for one in reversed(log(client))]

    answer = client.get("/quell/audit", params={"since": times[1], "until": times[3], "maxpagesize": 1})
    rest = client.get(answer.json()["nextLink"]).json()

    assert [one["time"] for one in answer.json()["value"] + rest["value"]] == [times[2], times[1]]
    assert "nextLink" not in rest


@pytest.mark.parametrize("query", ["since=yesterday", "until=2026-13-01", "before=0", "maxpagesize=1001"])
def test_what_is_no_moment_or_number_is_refused(client: TestClient, query: str) -> None:
    """400 that names the parameter."""
    answer = client.get(f"/quell/audit?{query}")

    assert answer.status_code == 400
    assert query.split("=", maxsplit=1)[0] in answer.json()["error"]["message"]


def test_the_export_has_every_entry_in_both_forms(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest first, with the same columns; the file is read in parts."""
    monkeypatch.setattr("quell.audit.service.CHUNK", 2)
    for number in range(5):
        call(client, "PATCH", f"{INCIDENTS}/n{number}", {})
    lines = client.get("/quell/audit:export?form=jsonl")
    table = client.get("/quell/audit:export?form=csv")

    rows = [json.loads(line) for line in lines.text.splitlines()]
    cells = list(csv.DictReader(io.StringIO(table.text)))
    assert [row["resource"][-2:] for row in rows] == ["n0", "n1", "n2", "n3", "n4"]
    assert [{name: str(value) for name, value in row.items()} for row in rows] == cells
    assert "attachment" in table.headers["Content-Disposition"]


def test_the_changes_of_the_table_are_those_that_nobody_else_may_ask_for() -> None:
    """Everything that needs `manage` is logged; everything that PATCH, PUT or DELETE does is among it."""
    rows = load_operations().rows

    writing = {one.id for one in rows if one.method in {"PATCH", "PUT", "DELETE"}}
    assert writing <= {one.id for one in rows if changes(one)}
