"""Bad input against a live server: a clear error each time, and the server stays well."""

import asyncio
import socket
import time
from pathlib import Path

import httpx
import pytest

from tests.acceptance.live_server import KEY, LiveServer, running_server

VERSION = "api-version=2024-09-15-preview"
ANALYZE = f"/contentsafety/text:analyze?{VERSION}"


def resident_megabytes(server: LiveServer) -> float:
    """Return the server's resident memory in MB."""
    lines = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"", "body"),
        (b"{", "JSON"),
        (b"[]", "object"),
        (b"\xff\xfe{}", "UTF-8"),
        (b'{"text": 5}', "text"),
        (b'{"text": null}', "text"),
        (b'{"text": "a", "texts": 1}', "texts"),
        (b'{"text": "a", "text": "b"}', "text"),
        (b'{"text": "a", "categories": "Hate"}', "categories"),
        (b'{"text": "a", "categories": ["Weather"]}', "categories"),
        (b'{"text": "a", "incidents": {"incidentNames": [1]}}', "incidentNames"),
        (b'{"text": NaN}', "JSON"),
        (b"[" * 100_000, "JSON"),
    ],
)
def test_a_bad_body_is_refused_by_name(server: LiveServer, body: bytes, named: str) -> None:
    """Each malformed body is a 400 in the service's shape that says what is wrong."""
    headers = {**server.headers, "Content-Type": "application/json"}

    answer = httpx.post(server.endpoint + ANALYZE, content=body, headers=headers, timeout=30)

    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "InvalidRequestBody")
    assert named.lower() in error["message"].lower()
    assert answer.headers["x-ms-error-code"] == "InvalidRequestBody"
    assert answer.headers["apim-request-id"] in error["message"]


@pytest.mark.parametrize(
    "text", ["\u202emug\u202c of tea", "\u0301" * 10_000, "t" + "\u0336" * 9_999, "\u200b" * 10_000]
)
def test_odd_characters_are_answered_and_stay_calm(server: LiveServer, text: str) -> None:
    """Writing turned round, ten thousand combining marks or nothing visible: four categories, all 0."""
    answer = httpx.post(server.endpoint + ANALYZE, json={"text": text}, headers=server.headers, timeout=30)

    assert answer.status_code == 200
    assert [one["severity"] for one in answer.json()["categoriesAnalysis"]] == [0, 0, 0, 0]


def test_half_a_surrogate_pair_is_refused(server: LiveServer) -> None:
    """JSON can spell it, no text can hold it."""
    headers = {**server.headers, "Content-Type": "application/json"}

    answer = httpx.post(
        server.endpoint + ANALYZE, content=b'{"text": "tea \\ud800"}', headers=headers, timeout=30
    )

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "InvalidRequestBody")


def test_a_ten_megabyte_body_is_refused(server: LiveServer) -> None:
    """10 MB is more than the server takes, with and without a declared length."""
    headers = {**server.headers, "Content-Type": "application/json"}
    body = b'{"text": "' + b"a" * 10_000_000 + b'"}'

    declared = httpx.post(server.endpoint + ANALYZE, content=body, headers=headers, timeout=30)
    streamed = httpx.post(
        server.endpoint + ANALYZE,
        content=(body[i : i + 65536] for i in range(0, len(body), 65536)),
        headers=headers,
        timeout=30,
    )

    assert [declared.status_code, streamed.status_code] == [413, 413]


def test_a_thousand_parallel_requests_get_clear_answers(server: LiveServer) -> None:
    """Under a thousand parallel requests each is served or told to come back, and memory stays flat."""
    before = resident_megabytes(server)
    body = {"text": "Our train to Vienna leaves at nine. " * 10, "incidentNames": []}

    async def flood() -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=1000)
        async with httpx.AsyncClient(base_url=server.endpoint, limits=limits, timeout=120) as client:
            url = f"/contentsafety/text:detectIncidents?{VERSION}"
            calls = [client.post(url, json=body, headers=server.headers) for _ in range(1000)]
            return await asyncio.gather(*calls)

    answers = asyncio.run(flood())

    assert {answer.status_code for answer in answers} <= {200, 429}
    assert all("Retry-After" in answer.headers for answer in answers if answer.status_code == 429)
    assert resident_megabytes(server) - before < 100


def test_a_slow_client_is_let_go(tmp_path: Path) -> None:
    """A body that trickles in is ended with 408 while other clients are served."""
    with running_server(tmp_path / "folder", body_timeout="2") as server, server.client() as client:
        host, port = server.endpoint.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as slow:
            head = f"POST {ANALYZE} HTTP/1.1\r\nHost: x\r\nOcp-Apim-Subscription-Key: {KEY}\r\n"
            slow.sendall(head.encode() + b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
            other = client.get(f"/contentsafety/text/incidents?{VERSION}")
            slow.settimeout(20)
            started = time.monotonic()
            answer = slow.recv(4096)

    assert other.status_code == 200
    assert b" 408 " in answer.split(b"\r\n")[0]
    assert time.monotonic() - started < 20
