"""A real server, with its real models, where nothing but the data folder can be written to."""

import base64
import contextlib
import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image

from tests.acceptance.live_server import free_port

HERE = Path(__file__).parent
KEY = "0123456789abcdef0123456789abcdef"
PROBE = (
    "import os, pathlib\n"
    "print(os.getuid(), 'CapEff:\\t0000000000000000' in pathlib.Path('/proc/self/status').read_text())\n"
    "for place in ('/tmp/x', '/x', os.environ['QUELL_DATA'] + '/x'):\n"
    "    try: pathlib.Path(place).touch(); print('written')\n"
    "    except OSError: print('refused')\n"
)


def _may_seal() -> bool:
    """Whether this user may make the namespaces: root does, but in most containers not."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    tried = subprocess.run(
        ["unshare", "--mount", "unshare", "--user", "--map-user=10001", "true"],
        check=False,
        capture_output=True,
    )
    return tried.returncode == 0


SEALS = _may_seal()


def sealed(data: Path) -> list[str]:
    """Return what seals a command: a namespace where this user may make one, else nothing."""
    if not SEALS:
        return []
    return ["unshare", "--mount", "--propagation=private", "sh", str(HERE / "sealed.sh"), str(data)]


def environment(data: Path, port: int) -> dict[str, str]:
    """Return the variables of the image; there is no home."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONDONTWRITEBYTECODE": "1",
        "QUELL_DATA": str(data),
        "QUELL_HOST": "127.0.0.1",
        "QUELL_PORT": str(port),
        "QUELL_KEYS": KEY,
    }


@contextlib.contextmanager
def serving(data: Path) -> Iterator[tuple[httpx.Client, subprocess.Popen[bytes], dict[str, str]]]:
    """Start a sealed server; give a client, the process and its variables once it is ready."""
    given = environment(data, free_port())
    command = [*sealed(data), sys.executable, "-P", "-m", "quell"]
    base = f"http://127.0.0.1:{given['QUELL_PORT']}"
    with (
        (data.parent / "log").open("wb") as log,
        subprocess.Popen([*command, "serve"], env=given, cwd="/", stdout=log, stderr=log) as process,
        httpx.Client(base_url=base, headers={"Ocp-Apim-Subscription-Key": KEY}, timeout=60) as client,
    ):
        try:
            for _ in range(600):
                with contextlib.suppress(httpx.TransportError):
                    if client.get("/ready").status_code == 200:
                        break
                assert process.poll() is None, (data.parent / "log").read_text()
                threading.Event().wait(0.2)
            yield client, process, given
        finally:
            process.kill()


def picture() -> str:
    """Return a picture as Base64."""
    held = io.BytesIO()
    Image.effect_noise((300, 200), 60).convert("RGB").save(held, "JPEG")
    return base64.b64encode(held.getvalue()).decode()


@pytest.mark.skipif(not SEALS, reason="this user may make no namespaces; the next test runs anywhere")
def test_the_seal_holds(tmp_path: Path) -> None:
    """A command within is nobody in particular, has no rights, and can write to one folder."""
    data = tmp_path / "data"
    data.mkdir()
    done = subprocess.run(
        [*sealed(data), sys.executable, "-c", PROBE],
        env=environment(data, 0),
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines() == ["10001 True", "refused", "refused", "written"]


def test_a_sealed_server_does_everything(tmp_path: Path) -> None:
    """Texts, pictures with their decoding processes, incidents and metrics; then it ends as told, with 0."""
    data = tmp_path / "data"
    data.mkdir()
    version = {"api-version": "2024-09-15-preview"}
    with serving(data) as (client, process, given):
        answers = [
            client.patch("/contentsafety/text/incidents/scam", params=version, json={}),
            client.post(
                "/contentsafety/text/incidents/scam:addIncidentSamples",
                params=version,
                json={"incidentSamples": [{"text": "pay the fee for the parcel"}]},
            ),
            client.post(
                "/contentsafety/text:analyze",
                params=version,
                json={"text": "pay the fee for the parcel", "incidents": {"incidentNames": ["scam"]}},
            ),
            client.post(
                "/contentsafety/image:analyze", params=version, json={"image": {"content": picture()}}
            ),
            client.get("/metrics"),
        ]
        checked = subprocess.run(
            [sys.executable, "-P", "-m", "quell", "ready"],
            env=given,
            capture_output=True,
            text=True,
            check=False,
        )
        process.terminate()
        code = process.wait(60)

    assert [answer.status_code for answer in answers] == [201, 200, 200, 200, 200]
    assert answers[2].json()["incidentMatches"] == [{"incidentName": "scam"}]
    assert "quell_decoding_processes 1.0" in answers[4].text
    assert (checked.returncode, checked.stdout) == (0, "ready\n")
    assert code == 0, (tmp_path / "log").read_text()
