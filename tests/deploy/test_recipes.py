"""The recipes that cannot be run here, judged by the programs and schemas that know them."""

import configparser
import json
import re
import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from quell.settings import Settings
from tests.deploy.conftest import ROOT

DEPLOY = ROOT / "deploy"
DOCKERFILE = DEPLOY / "Dockerfile"


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile and what follows each."""
    text = re.sub(r"(?m)^#.*\n", "", DOCKERFILE.read_text()).replace("\\\n", " ")
    return [
        (line.split()[0], line.split(maxsplit=1)[1].strip()) for line in text.splitlines() if line.strip()
    ]


def compose() -> dict[str, Any]:
    """Return the Compose file."""
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return loaded


def test_hadolint_finds_no_fault() -> None:
    """With every rule, informative ones included."""
    program = Path(sys.executable).with_name("hadolint")
    done = subprocess.run(
        [program, "--no-color", "--failure-threshold", "style", DOCKERFILE],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_runs_as_nobody_in_particular() -> None:
    """By number, so that `runAsNonRoot` can be checked; everything after is without rights."""
    last = [name for name, _ in instructions()].index("USER")
    after = [name for name, _ in instructions()[last:]]

    assert dict(instructions())["USER"] == "10001:10001"
    assert not {"RUN", "COPY", "ADD"} & set(after)


def test_the_health_check_is_a_command_of_ours() -> None:
    """No curl is needed; the command exists."""
    assert dict(instructions())["HEALTHCHECK"].endswith('CMD ["quell", "ready"]')
    assert dict(instructions())["ENTRYPOINT"] == '["quell"]'
    done = subprocess.run(
        [sys.executable, "-m", "quell", "ready", "--help"], check=False, capture_output=True
    )
    assert done.returncode == 0


def test_what_the_image_copies_is_there_and_reaches_the_builder() -> None:
    """Each source of a COPY exists, and the ignore file lets it through; nothing else goes along."""
    let_through = {
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")
    }
    copied = {
        word.rstrip("/")
        for name, rest in instructions()
        if name == "COPY" and "--from" not in rest
        for word in rest.split()[:-1]
    }

    assert all((ROOT / name).exists() for name in copied)
    assert copied == let_through


def test_the_image_installs_the_lock_and_fetches_nothing_later() -> None:
    """The installer is installed by its hashes, and takes the lock as it is."""
    runs = [rest for name, rest in instructions() if name == "RUN"]

    assert any("--require-hashes --requirement scripts/uv.txt" in run for run in runs)
    assert all("--frozen" in run for run in runs if run.startswith("uv sync"))
    assert not any(word in run for run in runs for word in ("curl", "wget", "apt-get", "git clone"))


def test_the_compose_file_fits_the_schema_of_compose() -> None:
    """The schema of the specification."""
    package = distribution("check-jsonschema")
    (schema,) = [file for file in package.files or () if file.name == "compose-spec.json"]

    jsonschema.validate(compose(), json.loads(Path(str(package.locate_file(schema))).read_text()))


def test_services_have_no_rights_that_they_do_not_need() -> None:
    """Read-only where it is ours or a database, no capabilities, no new privileges."""
    services = compose()["services"]

    for name, service in services.items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert "privileged" not in service, name
    assert services["quell"]["read_only"] is True
    assert services["db"]["read_only"] is True
    assert "cap_add" not in services["quell"]


def test_passwords_and_keys_are_files() -> None:
    """No variable holds one, each secret that is used is declared, and the database is not published."""
    whole = compose()
    for name, service in whole["services"].items():
        for variable, value in service.get("environment", {}).items():
            if re.search("PASSWORD|KEY|DATABASE(_FILE)?$", variable):
                assert variable.endswith("_FILE") or value == "quell", (name, variable)
        assert set(service.get("secrets", ())) <= set(whole["secrets"])
    assert "ports" not in whole["services"]["db"]
    assert whole["networks"]["back"] == {"internal": True}
    assert all(port.startswith("127.0.0.1:") for port in whole["services"]["quell"]["ports"])


def test_the_server_waits_for_a_database_that_answers() -> None:
    """By the database's health, and stopping gives the server its time."""
    services = compose()["services"]
    stop = Settings.model_fields["stop_timeout"].default

    assert services["quell"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    assert services["db"]["healthcheck"]["test"]
    assert int(services["quell"]["stop_grace_period"].removesuffix("s")) > stop


@pytest.mark.parametrize("source", ["compose.yaml", "Dockerfile", "systemd/quell.service"])
def test_every_variable_of_a_recipe_is_a_setting(source: str) -> None:
    """A misspelt variable would be ignored in silence."""
    text = (DEPLOY / source).read_text()
    names = set(re.findall(r"\bQUELL_([A-Z_]+)\b", text)) - {"NAME"}

    assert names
    assert {name.lower() for name in names} <= set(Settings.model_fields)


def unit() -> configparser.RawConfigParser:
    """Return the unit; what may be given twice is read once."""
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",), interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # names keep their case
    parser.read(DEPLOY / "systemd" / "quell.service")
    return parser


def test_the_unit_gives_the_server_its_time_and_no_rights() -> None:
    """What matters most, whether or not systemd is here to judge it."""
    service = unit()["Service"]

    assert int(service["TimeoutStopSec"]) > Settings.model_fields["stop_timeout"].default
    assert service["DynamicUser"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    assert service["NoNewPrivileges"] == "yes"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd judges where it runs")
def test_systemd_finds_no_fault_and_little_exposure(tmp_path: Path) -> None:
    """The unit is sound, and what it is exposed to is at most 2 of 10."""
    copy = tmp_path / "quell.service"
    text = (DEPLOY / "systemd" / "quell.service").read_text()
    copy.write_text(text.replace("/opt/quell/bin/quell serve", shutil.which("true") or "/bin/true"))
    verified = subprocess.run(
        ["systemd-analyze", "verify", copy], capture_output=True, text=True, check=False
    )
    judged = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", copy],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")
    assert judged.returncode == 0, judged.stdout[-200:]
