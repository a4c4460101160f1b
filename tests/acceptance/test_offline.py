"""Quell opens no outgoing connection on its own."""

from pathlib import Path

import pytest

from tests.acceptance import live_server
from tests.acceptance.samples import TICKET_PARAPHRASES, TICKET_SAMPLES

VERSION = {"api-version": "2024-04-15-preview"}


def test_nothing_leaves_while_the_server_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start, create, match and stop with every outgoing connection recorded: the record stays empty."""
    record = tmp_path / "outgoing.txt"
    monkeypatch.setenv("OUTGOING_RECORD", str(record))
    program = str(Path(__file__).parent / "guarded_server.py")

    with (
        live_server.running_server(tmp_path / "folder", command=(program,), database="") as server,
        server.client() as client,
    ):
        client.patch("/contentsafety/text/incidents/x", params=VERSION, json={})
        client.post(
            "/contentsafety/text/incidents/x:addIncidentSamples",
            params=VERSION,
            json={"incidentSamples": [{"text": text} for text in TICKET_SAMPLES]},
        )
        answer = client.post(
            "/contentsafety/text:detectIncidents",
            params=VERSION,
            json={"text": TICKET_PARAPHRASES[0], "incidentNames": ["x"]},
        )
        foreign = client.post(
            "/contentsafety/text:detectIncidents",
            params=VERSION,
            json={"text": "Entradas de concierto, pago solo con tarjetas de regalo", "incidentNames": ["x"]},
        )

    assert answer.json() == {"incidentMatches": [{"incidentName": "x"}]}
    assert foreign.status_code == 200
    assert not record.exists(), record.read_text()
