"""`quell ready`: the health check of containers."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine
from tests.cli.test_serve import KEY, endpoint, serving


@contextmanager
def answering(status: int) -> Iterator[int]:
    """Run a server that answers everything so; give its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert self.path == "/ready"
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
@pytest.mark.parametrize(
    ("status", "code", "said"), [(200, 0, "ready\n"), (503, 1, "not ready: it answers 503.\n")]
)
def test_the_exit_code_says_whether_the_server_is_ready(  # noqa: PLR0917 - two tables
    line: CommandLine, monkeypatch: pytest.MonkeyPatch, status: int, code: int, said: str, host: str
) -> None:
    """A server that loads its models answers 503; one that listens everywhere is asked on loopback."""
    with answering(status) as port:
        monkeypatch.setenv("QUELL_PORT", str(port))
        monkeypatch.setenv("QUELL_HOST", host)
        result = line.run("ready")

    assert (result.exit_code, result.stdout) == (code, said)


def test_where_nobody_listens_the_place_is_named(line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the reason, also as JSON."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("QUELL_PORT", str(port))
    result = line.run("ready", "--json")

    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["ready"] is False
    assert f"port {port}" in told["reason"]


def test_a_server_that_never_answers_is_not_waited_for(
    line: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It accepts and is silent."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("QUELL_PORT", str(silent.getsockname()[1]))
        result = line.run("ready", "--timeout", "0.2")

    assert result.exit_code == 1
    assert result.stdout.startswith("not ready: no answer")


def test_a_server_with_a_certificate_of_its_own_is_asked(
    tmp_path: Path, line: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over https, whatever name the certificate is made out to."""
    with serving(tmp_path / "served", "--tls", keys=KEY) as (_, said):
        monkeypatch.setenv("QUELL_TLS", "true")
        monkeypatch.setenv("QUELL_PORT", endpoint(said).rsplit(":", 1)[1])
        result = line.run("ready")

    assert (result.exit_code, result.stdout) == (0, "ready\n")
