"""The server fuzzed by its own OpenAPI: whatever is sent, no answer is an unexpected 5xx."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.live_server import KEY, LiveServer

API_VERSION = "2024-09-15-preview"
CONFIGURATION = f"""
[parameters]
"api-version" = "{API_VERSION}"

# What the protocol has and Quell has not is answered with 501, which is a clear answer.
[checks.not_a_server_error]
expected-statuses = ["2xx", "3xx", "4xx", 501]
"""


def fuzz(server: LiveServer, folder: Path, examples: int) -> subprocess.CompletedProcess[str]:
    """Run schemathesis against the live server."""
    configuration = folder / "schemathesis.toml"
    configuration.write_text(CONFIGURATION)
    command = [sys.executable, "-m", "schemathesis.cli", f"--config-file={configuration}", "run"]
    command += [f"{server.endpoint}/openapi.json", f"--header=Ocp-Apim-Subscription-Key: {KEY}"]
    command += ["--checks=not_a_server_error,status_code_conformance,content_type_conformance"]
    command += [
        f"--max-examples={examples}",
        "--mode=all",
        "--phases=examples,coverage,fuzzing",
        "--seed=20261125",
    ]
    command += ["--no-color", "--workers=1", "--generation-database=none"]
    return subprocess.run(command, capture_output=True, text=True, timeout=3000, cwd=folder, check=False)


@pytest.mark.parametrize("examples", [10, pytest.param(400, marks=pytest.mark.nightly)])
def test_no_unexpected_answer(server: LiveServer, tmp_path: Path, examples: int) -> None:
    """Every generated call is answered with a status and a type that the schema names."""
    run = fuzz(server, tmp_path, examples)

    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]


def test_the_schema_names_every_served_operation(server: LiveServer) -> None:
    """The OpenAPI that is fuzzed holds the operations of the protocol and Quell's own."""
    with server.client() as client:
        paths = json.loads(client.get("/openapi.json").content)["paths"]

    assert "/contentsafety/text:analyze" in paths
    assert "/contentsafety/text/incidents/{incidentName}:addIncidentSamples" in {
        path.replace("incident_name", "incidentName") for path in paths
    }
    assert "/quell/text:explain" in paths
