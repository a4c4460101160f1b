"""Servers on one PostgreSQL: the tests of the API again, and two replicas that see each other's changes."""

import os
import subprocess
import sys
from pathlib import Path

from tests.acceptance.live_server import LiveServer, running_server
from tests.acceptance.samples import TICKET_PARAPHRASES, TICKET_SAMPLES
from tests.databases import schema_url

ROOT = Path(__file__).parents[2]
AGAIN = (
    "incidents",
    "blocklists",
    "reviewers/test_endpoints.py",
    "jobs/test_claiming.py",
    "jobs/test_worker.py",
    "jobs/test_clock.py",
    "operations",
    "monitor",
    "access",
    "studio/test_sessions.py",
)
VERSION = "api-version=2024-09-15-preview"


def test_the_tests_of_the_api_pass_on_postgresql() -> None:
    """The same claims hold where the rows lie in a PostgreSQL schema."""
    environment = {**os.environ, "QUELL_TEST_DATABASE": "postgresql"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", *(f"tests/{part}" for part in AGAIN)]

    done = subprocess.run(
        command, check=False, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600
    )

    assert done.returncode == 0, done.stdout[-5_000:]


def hits(server: LiveServer, text: str) -> list[str]:
    """Return the incidents that a text hits."""
    body = {"text": text, "incidentNames": ["tickets"]}
    with server.client() as client:
        answer = client.post(f"/contentsafety/text:detectIncidents?{VERSION}", json=body)
    assert answer.status_code == 200, answer.text
    return [match["incidentName"] for match in answer.json()["incidentMatches"]]


def test_a_change_through_one_server_counts_at_the_next_request_of_another(tmp_path: Path) -> None:
    """Two servers with nothing in common but the database: a sample, and its removal, count at once."""
    url = schema_url()
    with (
        running_server(tmp_path / "one", database=url) as one,
        running_server(tmp_path / "two", database=url) as two,
        one.client() as client,
    ):
        root = "/contentsafety/text/incidents/tickets"
        client.patch(f"{root}?{VERSION}", json={}).raise_for_status()
        before = hits(two, TICKET_PARAPHRASES[0])
        samples = {"incidentSamples": [{"text": text} for text in TICKET_SAMPLES]}
        client.post(f"{root}:addIncidentSamples?{VERSION}", json=samples).raise_for_status()
        after = hits(two, TICKET_PARAPHRASES[0])
        client.delete(f"{root}?{VERSION}").raise_for_status()
        with two.client() as other:
            gone = other.get(f"{root}?{VERSION}")

    assert (before, after) == ([], ["tickets"])
    assert gone.status_code == 404
    assert not (tmp_path / "one" / "quell.db").exists()
