"""The Helm chart: linted and rendered by the real helm, each manifest against Kubernetes' own schemas."""

import subprocess
from collections.abc import Callable
from typing import Any

import kubernetes_validate
import pytest

from quell.settings import Settings
from tests.deploy.conftest import CHART, ROOT, Render, flags

SHARED = {"database__existingSecret": "db", "keys__existingSecret": "keys"}
EVERYTHING = {
    **SHARED,
    "replicas": 3,
    "ingress": {"enabled": True, "host": "safety.example.org", "tlsSecret": "tls", "className": "nginx"},
    "serviceMonitor": {"enabled": True, "existingSecret": "scraper", "labels": {"release": "monitoring"}},
    "migration__post": True,
    "settings": {
        "max_in_flight": 64,
        "max_body_bytes": 16_777_216,
        "wait_limit": 2.5,
        "metrics": "open",
        "studio": False,
    },
    "extraEnv": [{"name": "OTEL_EXPORTER_OTLP_ENDPOINT", "value": "http://collector:4318"}],
    "networkPolicy__from": [{"namespaceSelector": {"matchLabels": {"team": "safety"}}}],
    "nodeSelector": {"kubernetes.io/arch": "amd64"},
}
CASES: dict[str, dict[str, Any]] = {
    "one server with a file": {},
    "replicas": {**SHARED, "replicas": 3},
    "autoscaled": {**SHARED, "autoscaling": {"enabled": True, "minReplicas": 2, "maxReplicas": 5}},
    "secrets of the chart": {
        "database__url": "postgresql://quell:secret@db/quell",
        "keys__values": ["0123456789abcdef"],
    },
    "everything": EVERYTHING,
}
OWN = ("ServiceMonitor",)
"""Kinds that Kubernetes itself has no schema for."""

Ran = Callable[..., subprocess.CompletedProcess[str]]


def of(manifests: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """Return the manifests of a kind."""
    return [one for one in manifests if one["kind"] == kind]


def pod(manifests: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the pod of the servers."""
    (deployment,) = of(manifests, "Deployment")
    spec: dict[str, Any] = deployment["spec"]["template"]["spec"]
    return spec


def test_helm_finds_no_fault(ran: Ran) -> None:
    """Strict, so that warnings count."""
    done = ran("lint", "--strict", str(CHART))

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("version", ["1.27", "1.37"])
def test_each_manifest_fits_the_schema_of_kubernetes(render: Render, name: str, version: str) -> None:
    """Strict: an unknown or misplaced member is an error; from the oldest release to the newest one."""
    manifests = render(**CASES[name])

    assert len(manifests) >= 5
    for manifest in manifests:
        if manifest["kind"] not in OWN:
            kubernetes_validate.validate(manifest, version, strict=True)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"replicas": 2}, "needs a PostgreSQL"),
        ({"autoscaling__enabled": True}, "needs a PostgreSQL"),
        ({"database__existingSecret": "db"}, "the same keys"),
        ({"database__url": "mysql://db"}, "does not match pattern"),
        ({"replica": 2}, "additional properties"),
        ({"keys__values": ["short"]}, "minLength"),
        ({"settings": {"Not A Name": 1}}, "invalid propertyName"),
    ],
)
def test_values_that_cannot_work_are_refused(ran: Ran, values: dict[str, Any], reason: str) -> None:
    """Before anything is installed, by the schema or in a sentence."""
    done = ran("template", "quell", str(CHART), *flags(values))

    assert done.returncode != 0
    assert reason in done.stderr


@pytest.mark.parametrize("name", CASES)
def test_every_pod_has_no_rights(render: Render, name: str) -> None:
    """Not root, nothing writable but volumes, no capabilities, no token of the cluster: jobs included."""
    manifests = render(**CASES[name])
    pods = [pod(manifests), *(job["spec"]["template"]["spec"] for job in of(manifests, "Job"))]

    for one in pods:
        assert one["securityContext"]["runAsNonRoot"] is True
        assert one["securityContext"]["runAsUser"] == 10001
        assert one["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert one["automountServiceAccountToken"] is False
        for container in one["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert container["resources"]["limits"]["memory"]


def test_no_secret_stands_in_a_pod(render: Render) -> None:
    """Secrets come as files: neither variables nor arguments have them."""
    manifests = render(**CASES["secrets of the chart"])
    told = str([one for one in manifests if one["kind"] != "Secret"])

    assert "secret@db" not in told
    assert "0123456789abcdef" not in told
    variables = {one["name"]: one["value"] for one in pod(manifests)["containers"][0]["env"]}
    assert variables["QUELL_DATABASE_FILE"] == "/run/secrets/quell/database"
    assert variables["QUELL_KEYS_FILE"] == "/run/secrets/quell-keys/keys"


def test_the_schema_is_brought_up_to_date_before_the_pods_are_replaced(render: Render) -> None:
    """A hook before install and upgrade runs what only adds, one after the upgrade what takes away."""
    jobs = of(render(**EVERYTHING), "Job")

    told = [
        (
            job["metadata"]["annotations"]["helm.sh/hook"],
            job["spec"]["template"]["spec"]["containers"][0]["args"],
        )
        for job in jobs
    ]
    assert told == [
        ("pre-install,pre-upgrade", ["migrate", "--stage", "pre"]),
        ("post-upgrade", ["migrate", "--stage", "post"]),
    ]
    assert of(render(), "Job") == []


def test_a_rollout_takes_no_server_before_its_successor_is_ready(render: Render) -> None:
    """With a shared database; a file has one server at a time."""
    (shared,) = of(render(**SHARED, replicas=3), "Deployment")
    (alone,) = of(render(), "Deployment")

    assert shared["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert alone["spec"]["strategy"] == {"type": "Recreate"}


def test_an_ending_pod_has_the_time_that_the_server_takes(render: Render) -> None:
    """The pause before the signal and what was accepted fit into the grace of the pod."""
    one = pod(render(stopTimeout=60))
    (container,) = one["containers"]
    variables = {entry["name"]: entry["value"] for entry in container["env"]}
    pause = int(container["lifecycle"]["preStop"]["exec"]["command"][1])

    assert variables["QUELL_STOP_TIMEOUT"] == "60"
    assert one["terminationGracePeriodSeconds"] >= 60 + pause + 5


def test_probes_ask_what_needs_no_key(render: Render) -> None:
    """Ready for traffic, alive for restarts; starting is given three minutes."""
    (container,) = pod(render())["containers"]
    paths = {
        name: container[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "readiness", "liveness")
    }

    assert paths == {"startup": "/ready", "readiness": "/ready", "liveness": "/status"}
    assert container["startupProbe"]["periodSeconds"] * container["startupProbe"]["failureThreshold"] == 180


def test_a_budget_of_disruptions_is_there_for_several_servers_only(render: Render) -> None:
    """One server alone would block every drain of a node."""
    assert of(render(), "PodDisruptionBudget") == []
    assert len(of(render(**SHARED, replicas=3), "PodDisruptionBudget")) == 1
    assert len(of(render(**CASES["autoscaled"]), "PodDisruptionBudget")) == 1


def test_every_variable_of_the_chart_is_a_setting(render: Render) -> None:
    """A misspelt variable would be ignored in silence."""
    for case in CASES.values():
        for entry in pod(render(**case))["containers"][0]["env"]:
            if entry["name"].startswith("QUELL_"):
                assert entry["name"].removeprefix("QUELL_").lower() in Settings.model_fields, entry


def test_numbers_of_a_values_file_arrive_as_they_are(render: Render) -> None:
    """A million and more without an exponent, which no setting takes."""
    (container,) = pod(render(**EVERYTHING))["containers"]
    found = {entry["name"]: entry.get("value") for entry in container["env"]}

    assert found["QUELL_MAX_BODY_BYTES"] == "16777216"
    assert (found["QUELL_MAX_IN_FLIGHT"], found["QUELL_WAIT_LIMIT"]) == ("64", "2.5")
    assert found["QUELL_STUDIO"] == "false"


def test_the_chart_has_the_version_of_the_package() -> None:
    """`appVersion` is the tag of the image."""
    project = (ROOT / "pyproject.toml").read_text()
    version = project.split('version = "', 1)[1].split('"', 1)[0]

    assert f'appVersion: "{version}"' in (CHART / "Chart.yaml").read_text()
