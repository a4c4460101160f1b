"""The examinations of `quell doctor`. Nothing is written and nothing is made by looking."""

import http.client
import json
import platform
import ssl
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from quell.errors import QuellError
from quell.http.keys import DEVELOPMENT_KEY, KEYS_FILE, check_listen, is_loopback, read_keys
from quell.models import WEIGHTS, verify

if TYPE_CHECKING:
    from quell.settings import Settings

_PACKAGES = ("onnxruntime", "numpy", "tokenizers", "fastapi", "pydantic", "uvicorn")
_FAST_FLAGS = {"avx512_vnni", "avx_vnni", "avx512vnni", "asimddp"}
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """What one examination found."""

    name: str
    state: Literal["ok", "warning", "bad"]
    sentence: str

    def members(self) -> dict[str, str]:
        """Return the finding for JSON."""
        return asdict(self)


def examine(settings: "Settings") -> Iterator[Finding]:
    """Look at everything, one thing after the other; one that fails does not stop the others."""
    from quell.cli.examination_incidents import incidents
    from quell.cli.examination_llm import language_model
    from quell.cli.examination_pictures import pictures, vision_model
    from quell.cli.examination_stored import data_folder, database

    examinations: dict[str, Callable[[Settings], Finding]] = {
        "python": python,
        "packages": packages,
        "processor": processor,
        "models": models,
        "data folder": data_folder,
        "database": database,
        "incidents": incidents,
        "keys": keys,
        "port": port,
        "listening": listening,
        "pictures": pictures,
        "language model": language_model,
        "vision model": vision_model,
    }
    for name, look in examinations.items():
        try:
            yield look(settings)
        except QuellError as error:
            yield Finding(name, "bad", error.message)


def python(_: "Settings") -> Finding:
    """Look at the interpreter."""
    return Finding("python", "ok", f"{platform.python_version()} in {sys.prefix}.")


def packages(_: "Settings") -> Finding:
    """Look at the packages that serving depends on."""
    found, missing = [], []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        return Finding("packages", "bad", f"Missing: {', '.join(missing)}.")
    return Finding("packages", "ok", ", ".join(found) + ".")


def processor(_: "Settings", cpuinfo: Path = Path("/proc/cpuinfo")) -> Finding:
    """Look for the instructions that make int8 models fast."""
    if not cpuinfo.exists():
        return Finding("processor", "ok", f"{platform.machine()}; its instructions cannot be read here.")
    flags = set(cpuinfo.read_text(encoding="utf-8", errors="replace").split())
    fast = sorted(flags & _FAST_FLAGS)
    if fast:
        return Finding("processor", "ok", f"{platform.machine()} with {', '.join(fast)}: fast int8.")
    return Finding(
        "processor", "warning", f"{platform.machine()} without VNNI or dot products: the encoders run slower."
    )


def models(_: "Settings", folder: Path = WEIGHTS) -> Finding:
    """Verify every model file by its SHA-256."""
    found = sorted(path.parent for path in folder.glob("*/manifest.toml"))
    if not found:
        return Finding("models", "bad", f"There are no models in {folder}; install Quell again.")
    names = [f"{manifest.name} ({manifest.revision})" for manifest in map(verify, found)]
    return Finding("models", "ok", f"{', '.join(names)}: every file has its SHA-256.")


def keys(settings: "Settings") -> Finding:
    """Look where the keys come from, and whether others can read them."""
    from quell.cli.keys import whereabouts

    words = whereabouts(settings)
    path = settings.keys_file or settings.data / KEYS_FILE
    if settings.no_auth:
        return Finding(
            "keys", "warning", "No key is needed (no_auth): everyone who reaches the port may ask."
        )
    if settings.development or settings.keys:
        return Finding("keys", "ok", f"{words[0].upper()}{words[1:]}.")
    if settings.keys_file is None and not path.exists():
        return Finding("keys", "ok", f"None yet; the first start makes two in {path}.")
    count = len(read_keys(path))
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        return Finding("keys", "warning", f"Others may read {path}; run: chmod 600 {path}")
    return Finding("keys", "ok", f"{count} in {path}, readable by its owner only.")


def listening(settings: "Settings") -> Finding:
    """Look at who can reach the server, and with what protection."""
    check_listen(settings.host, (DEVELOPMENT_KEY,) if settings.development else settings.keys)
    if is_loopback(settings.host):
        return Finding("listening", "ok", f"On {settings.host}: from this machine only.")
    if settings.no_auth:
        return Finding("listening", "warning", f"On {settings.host} for everyone in reach, without a key.")
    if not settings.https:
        return Finding(
            "listening", "warning", f"On {settings.host} without TLS: keys and texts travel in the clear."
        )
    return Finding("listening", "ok", f"On {settings.host} with TLS and keys.")


def port(settings: "Settings") -> Finding:
    """Look whether the port is free, or taken by a Quell that runs already."""
    from quell.cli.listening import bind

    try:
        bind(settings.host, settings.port).close()
    except QuellError as error:
        product = _product_at(settings)
        if product:
            return Finding("port", "ok", f"{product} is running on port {settings.port}.")
        return Finding("port", "bad", error.message)
    return Finding("port", "ok", f"{settings.port} on {settings.host} is free.")


def _product_at(settings: "Settings") -> str | None:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - not bound
    # Only to recognise our own server on this machine; no key is sent, so its certificate does not matter.
    connection = (
        http.client.HTTPSConnection(host, settings.port, timeout=2, context=ssl._create_unverified_context())  # noqa: S323, SLF001
        if settings.https
        else http.client.HTTPConnection(host, settings.port, timeout=2)
    )
    try:
        connection.request("GET", "/status")
        status = json.loads(connection.getresponse().read())
        return f"Quell {status['version']}" if status.get("product") == "quell" else None
    except (OSError, http.client.HTTPException, ValueError, KeyError, AttributeError):
        return None
    finally:
        connection.close()
