"""The scripts, as modules."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make the scripts importable, each test with fresh ones."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    yield
    for name in ("check_sizes", "check_docs", "docs_generated", "install"):
        sys.modules.pop(name, None)


@pytest.fixture
def sizes(scripts: None) -> ModuleType:
    """Return the check of sizes."""
    return import_module("check_sizes")


@pytest.fixture
def docs(scripts: None) -> ModuleType:
    """Return the check of the docs."""
    return import_module("check_docs")


@pytest.fixture
def installer(scripts: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """Return the installer, pointed at an empty checkout."""
    module = import_module("install")
    (tmp_path / "uv.lock").write_text("")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "ENVIRONMENT", tmp_path / ".venv")
    return module
