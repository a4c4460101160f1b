"""`quell serve` as a process: what it says, what it refuses, how it stops."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.acceptance.live_server import free_port

ROOT = Path(__file__).parents[2]
KEY = "0123456789abcdef0123456789abcdef"
VERSION = {"api-version": "2024-09-15-preview"}


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """Return an environment with these settings and no others."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QUELL_")}
    ours = {f"QUELL_{name.upper()}": value for name, value in settings.items()}
    return {**kept, "QUELL_DATA": str(folder), "PYTHONPATH": str(ROOT), **ours}


@contextlib.contextmanager
def serving(folder: Path, *words: str, **settings: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start a server; give its process and what it said when it listened."""
    command = [sys.executable, "-m", "tests.cli.tiny_server", "serve", "--port", "0", *words]
    with subprocess.Popen(
        command,
        env=environment(folder, **settings),
        cwd=folder.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if line.endswith("'\n") and "incidentNames" in line:
                break
        try:
            yield process, said
        finally:
            process.kill()


def endpoint(said: str) -> str:
    """Return the address that a server told."""
    return next(line.split()[1] for line in said.splitlines() if line.strip().startswith("Endpoint"))


def refused(folder: Path, *words: str, **settings: str) -> str:
    """Return the one sentence with which a start is refused, with exit code 2."""
    command = [sys.executable, "-m", "tests.cli.tiny_server", "serve", *words]
    done = subprocess.run(
        command,
        env=environment(folder, **settings),
        cwd=folder.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (2, "")
    (sentence,) = done.stderr.splitlines()
    return sentence


def test_the_printed_script_runs_as_it_is(tmp_path: Path) -> None:
    """Pasted into a shell, what the server prints creates an incident, adds samples and asks."""
    with serving(tmp_path / "the folder") as (_, said):
        script = said[said.index("endpoint=") :]
        done = subprocess.run(["sh", "-eu"], input=script, capture_output=True, text=True, check=False)

    created, added, matched = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert '"incidentName":"ticket-scam"' in created
    assert added.count("incidentSampleId") == 3
    assert matched.startswith('{"incidentMatches":')


def test_the_printed_script_runs_over_tls(tmp_path: Path) -> None:
    """With --tls the script carries the certificate to trust, and how others trust it is told."""
    with serving(tmp_path / "folder", "--tls") as (_, said):
        script = said[said.index("endpoint=") :]
        done = subprocess.run(["sh", "-eu"], input=script, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr, len(done.stdout.splitlines())) == (0, "", 3)
    assert "NODE_EXTRA_CA_CERTS" in said
    assert endpoint(said).startswith("https://127.0.0.1:")


def test_the_keys_are_told_only_by_place(tmp_path: Path) -> None:
    """What a server prints may be kept in a log: it names the key file and holds no key."""
    with serving(tmp_path / "folder") as (_, said):
        keys = [line for line in (tmp_path / "folder" / "keys").read_text().splitlines() if "#" not in line]

    assert str(tmp_path / "folder" / "keys") in said
    assert [key for key in keys if key in said] == []


@contextlib.contextmanager
def hang_ups(disposition: signal.Handlers) -> Iterator[None]:
    """Let a process that is started meanwhile begin with SIGHUP as it is in a terminal, or under nohup."""
    ours = signal.signal(signal.SIGHUP, disposition)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, ours)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stopping_server_finishes_what_it_accepted(tmp_path: Path, number: signal.Signals) -> None:
    """A request that is being answered gets its answer, and then the process ends with 0."""
    with hang_ups(signal.SIG_DFL), serving(tmp_path / "folder", keys=KEY) as (process, said):
        client = httpx.Client(
            base_url=endpoint(said), params=VERSION, headers={"Ocp-Apim-Subscription-Key": KEY}, timeout=30
        )
        client.patch("/contentsafety/text/incidents/slow", json={}).raise_for_status()
        answers: list[httpx.Response] = []
        body = {"incidentSamples": [{"text": "read me slowly"}]}
        path = "/contentsafety/text/incidents/slow:addIncidentSamples"
        asking = threading.Thread(target=lambda: answers.append(client.post(path, json=body)))
        asking.start()
        threading.Event().wait(0.3)
        process.send_signal(number)
        asking.join()
        code = process.wait(timeout=30)
        client.close()

    assert ([answer.status_code for answer in answers], code) == ([200], 0)


def test_a_server_under_nohup_outlives_its_terminal(tmp_path: Path) -> None:
    """Where SIGHUP is ignored when the server starts, it stays so."""
    with hang_ups(signal.SIG_IGN), serving(tmp_path / "folder", keys=KEY) as (process, said):
        process.send_signal(signal.SIGHUP)
        healthy = httpx.get(f"{endpoint(said)}/ready").status_code
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=30)

    assert (healthy, code) == (200, 0)


def test_the_development_key_is_refused_beyond_loopback(tmp_path: Path) -> None:
    """With the well-known key the server does not listen where others could reach it."""
    assert "0.0.0.0" in refused(tmp_path / "folder", "--development", "--host", "0.0.0.0")


def test_the_development_key_works_on_loopback(tmp_path: Path) -> None:
    """The documented key opens a development server."""
    with serving(tmp_path / "folder", "--development") as (_, said):
        headers = {"Ocp-Apim-Subscription-Key": "quell-development-key-not-a-secret"}
        answer = httpx.get(f"{endpoint(said)}/contentsafety/text/incidents", params=VERSION, headers=headers)

    assert answer.status_code == 200


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    """The port is named, and how to choose another."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        sentence = refused(tmp_path / "folder", "--port", str(number))

    assert f"port {number}" in sentence
    assert "--port" in sentence


def test_a_file_that_is_no_certificate_is_one_sentence(tmp_path: Path) -> None:
    """A wrong certificate is refused without a traceback."""
    (tmp_path / "nothing.pem").write_text("nothing")
    words = ("--cert", "nothing.pem", "--key", "nothing.pem", "--port", str(free_port()))

    assert "certificate" in refused(tmp_path / "folder", *words)


def test_the_log_of_a_served_request_has_its_operation_and_not_its_words(tmp_path: Path) -> None:
    """A line of the log names the operation; the incident's texts are nowhere."""
    log = tmp_path / "log"
    command = [sys.executable, "-m", "tests.cli.tiny_server", "serve", "--port", "0", "--log-format", "json"]
    with (
        log.open("w") as sink,
        subprocess.Popen(
            command,
            env=environment(tmp_path / "folder", keys=KEY),
            stdout=subprocess.PIPE,
            stderr=sink,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        said = "".join(iter(process.stdout.readline, "\n")) + process.stdout.readline()
        httpx.post(
            f"{endpoint(said)}/contentsafety/text:detectIncidents",
            params=VERSION,
            headers={"Ocp-Apim-Subscription-Key": KEY},
            json={"text": "soup with carrots", "incidentNames": ["carrots"]},
        )
        process.terminate()
        process.communicate(timeout=30)

    assert '"TextOperations_DetectIncidents"' in log.read_text()
    assert "soup" not in log.read_text()
    assert KEY not in log.read_text()
