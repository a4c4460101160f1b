"""The server fuzzed by its own OpenAPI: whatever is sent, no answer is an unexpected 5xx."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from quell.http.api_version import KNOWN
from tests.acceptance.live_server import KEY, LiveServer

API_VERSION = "2024-09-15-preview"
CONFIGURATION = """
[parameters]
"api-version" = "{version}"

# What the protocol has and Quell has not is answered with 501, which is a clear answer.
[checks.not_a_server_error]
expected-statuses = ["2xx", "3xx", "4xx", 501]
"""


def fuzz(
    server: LiveServer,
    folder: Path,
    examples: int,
    version: str = API_VERSION,
    phases: str = "examples,coverage,fuzzing",
) -> subprocess.CompletedProcess[str]:
    """Run schemathesis against the live server."""
    configuration = folder / "schemathesis.toml"
    configuration.write_text(CONFIGURATION.format(version=version))
    command = [sys.executable, "-m", "schemathesis.cli", f"--config-file={configuration}", "run"]
    command += [f"{server.endpoint}/openapi.json", f"--header=Ocp-Apim-Subscription-Key: {KEY}"]
    command += ["--checks=not_a_server_error,status_code_conformance,content_type_conformance"]
    command += [
        f"--max-examples={examples}",
        "--mode=all",
        f"--phases={phases}",
        "--seed=20261125",
        "--request-timeout=60",
    ]
    command += ["--no-color", "--workers=1", "--generation-database=none"]
    return subprocess.run(command, capture_output=True, text=True, timeout=3000, cwd=folder, check=False)


def test_no_unexpected_answer(server: LiveServer, tmp_path: Path) -> None:
    """Every generated call is answered with a status and a type that the schema names."""
    # The systematic phase makes four thousand calls more; it is part of the long form.
    run = fuzz(server, tmp_path, 10, phases="examples,fuzzing")

    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]


@pytest.mark.nightly
@pytest.mark.parametrize("version", [version.name for version in KNOWN])
def test_no_unexpected_answer_in_any_version(server: LiveServer, tmp_path: Path, version: str) -> None:
    """The same holds in each api-version, with more examples: about six thousand calls a version."""
    run = fuzz(server, tmp_path, 40, version)
    made = re.search(r"([0-9]+) generated", run.stdout)

    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    assert made is not None
    assert int(made[1]) >= 1_000


def test_the_schema_names_every_served_operation(server: LiveServer) -> None:
    """The OpenAPI that is fuzzed holds the operations of the protocol and Quell's own."""
    with server.client() as client:
        paths = json.loads(client.get("/openapi.json").content)["paths"]

    assert "/contentsafety/text:analyze" in paths
    assert "/contentsafety/text/incidents/{incidentName}:addIncidentSamples" in {
        path.replace("incident_name", "incidentName") for path in paths
    }
    assert "/quell/text:explain" in paths
