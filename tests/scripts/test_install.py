"""The installer does what is missing, once, and takes up what was interrupted."""

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture
def synced(installer: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Return the groups of each sync; nothing is really installed."""
    calls: list[list[str]] = []

    def sync(groups: list[str]) -> None:
        (installer.ENVIRONMENT / "bin").mkdir(parents=True, exist_ok=True)
        (installer.ENVIRONMENT / "bin" / "python").touch()
        calls.append(groups)

    monkeypatch.setattr(installer, "install_uv", lambda: None)
    monkeypatch.setattr(installer, "sync", sync)
    return calls


def test_a_group_is_installed_once_per_lock(installer: ModuleType, synced: list[list[str]]) -> None:
    """The same lock is installed once, a changed one again."""
    for stamp in ("lock 1", "lock 1", "lock 2"):
        installer.install("run", stamp)

    assert synced == [["run"], ["run"]]


def test_groups_that_were_installed_stay(installer: ModuleType, synced: list[list[str]]) -> None:
    """Serving after testing takes nothing away, and linting keeps the tests."""
    for group in ("test", "run", "lint"):
        installer.install(group, "lock")

    assert synced == [["run", "test"], ["run", "test", "lint"]]


def test_an_interrupted_install_is_not_current(
    installer: ModuleType, synced: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sync that ends early leaves no stamp, so the next start installs again."""
    installer.install("test", "lock 1")

    def interrupted(_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(installer, "sync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        installer.install("run", "lock 2")

    assert [
        installer.is_current(group, stamp) for group in ("run", "test") for stamp in ("lock 1", "lock 2")
    ] == [False] * 4


def test_an_environment_without_its_python_is_not_current(
    installer: ModuleType, synced: list[list[str]]
) -> None:
    """When the system's Python went away the environment is made anew."""
    installer.install("run", "lock")
    (installer.ENVIRONMENT / "bin" / "python").unlink()

    installer.install("run", "lock")

    assert len(synced) == 2


def test_a_failed_step_is_one_sentence_after_its_output(
    installer: ModuleType, capfd: pytest.CaptureFixture[str]
) -> None:
    """What the failed tool said is shown, then what to do."""
    with pytest.raises(installer.StepError, match="Fetching failed"):
        installer.run("Fetching", ["sh", "-c", "echo no network; exit 3"])

    assert "no network" in capfd.readouterr().err


def test_the_pin_has_hashes(installer: ModuleType) -> None:
    """The installer itself is pinned to one version, by hash."""
    pin = installer.PIN.read_text()

    assert [line.split()[0] for line in pin.splitlines() if "==" in line and line[0] != "#"] == ["uv==0.13.9"]
    assert pin.count("--hash=sha256:") >= 10


def test_the_lock_file_names_only_the_public_index() -> None:
    """No other registry stands in the lock."""
    lock = (Path(__file__).parents[2] / "uv.lock").read_text()

    places = {part.split("/")[2] for part in lock.split('"') if "://" in part}
    assert places == {"pypi.org", "files.pythonhosted.org"}
