"""Tricks against a live server: what they ask for is refused, and the log tells nothing it should not."""

import socket
from pathlib import Path

import pytest

from tests.acceptance.live_server import KEY, LiveServer, running_server

VERSION = "api-version=2024-09-15-preview"
INCIDENTS = f"/contentsafety/text/incidents?{VERSION}"
KEY_LINE = f"Ocp-Apim-Subscription-Key: {KEY}\r\n"


def ask(server: LiveServer, target: str, *lines: str) -> bytes:
    """Send a request as it is written; return the answer."""
    host, port = server.endpoint.removeprefix("http://").split(":")
    head = f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + "".join(lines) + "\r\n"
    received = b""
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(head.encode("latin-1"))
        while more := connection.recv(65536):
            received += more
    return received


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (INCIDENTS, 200),
        (f"http://elsewhere.example{INCIDENTS}", 200),
        (f"/{INCIDENTS}", 200),
        (f"/contentsafety/text/incidents/..%2f..%2fquell?{VERSION}", 400),
        (f"/contentsafety/text/incidents/a%00?{VERSION}", 400),
        (f"/contentsafety/text/incidents/%0d%0aX-Evil?{VERSION}", 400),
        (f"{INCIDENTS}&top=1%0d%0aX-Evil:1", 400),
        ("*", 404),
    ],
)
def test_a_target_is_read_in_one_way(server: LiveServer, target: str, status: int) -> None:
    """Absolute targets are served by their path; encoded slashes, NUL and line ends are refused."""
    answer = ask(server, target, KEY_LINE)

    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"\r\nX-Evil" not in answer


@pytest.mark.parametrize(
    "target",
    [INCIDENTS, f"/api-docs/..{INCIDENTS}", f"/api-docs/%2e%2e{INCIDENTS}", f"/ready/..{INCIDENTS}"],
)
def test_no_way_round_the_key(server: LiveServer, target: str) -> None:
    """A path through an open one does not lead to what needs a key."""
    assert ask(server, target).split(b" ")[1] in {b"401", b"404"}


def test_a_wrong_key_is_not_saved_by_a_second_one(server: LiveServer) -> None:
    """The first key header counts, so nothing appended behind a refused key opens the door."""
    assert ask(server, INCIDENTS, "Ocp-Apim-Subscription-Key: no\r\n", KEY_LINE).split(b" ")[1] == b"401"


def test_the_log_holds_no_key_no_text_and_no_forged_line(tmp_path: Path) -> None:
    """Markers in every place of a request, and none in the log; each line of it is the server's own."""
    with running_server(tmp_path / "folder", log_level="debug") as server, server.client() as client:
        marker = "marmalade"
        client.patch(f"/contentsafety/text/incidents/{marker}?{VERSION}", json={"description": marker})
        client.post(
            f"/contentsafety/text/incidents/{marker}:addIncidentSamples?{VERSION}",
            json={"incidentSamples": [{"text": f"a {marker} for tickets"}]},
        )
        for body in ({"text": marker, "incidentNames": [marker]}, {marker: 1}, [marker]):
            client.post(f"/contentsafety/text:detectIncidents?{VERSION}", json=body)
        client.post("/quell/text:explain", json={"text": marker, "incidentNames": [marker]})
        ask(server, f"/{marker}%0a{{forged}}?{marker}=1", KEY_LINE, f"X-{marker}: {marker}\r\n")
        ask(server, INCIDENTS, f"Ocp-Apim-Subscription-Key: {marker}\r\n", f"User-Agent: {marker}\r\n")
        ask(server, f"/{marker} nonsense", KEY_LINE)
        assert server.stop() == 0
        log = server.log.read_text()

    lines = log[log.rindex("incidentNames") :].splitlines()[1:]
    assert marker not in log
    assert KEY not in log
    assert len(lines) >= 8
    assert [line for line in lines if line and not line.startswith('{"')] == []
