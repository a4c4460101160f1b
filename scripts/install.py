"""Install the locked environment into this checkout; `./quell` calls it when something is missing.

Only the standard library is used: nothing else is there yet. Usage: install.py GROUP STAMP.
"""

import fcntl
import os
import shutil
import ssl
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
BOOTSTRAP = ROOT / ".venv-bootstrap"
UV = BOOTSTRAP / "bin" / "uv"
PIN = ROOT / "scripts" / "uv.txt"
GROUPS = ("run", "test", "lint")
"""`run` is the package alone; the others add the dependency group of the same name."""


class StepError(Exception):
    """A step ended with an error; the message is for the person at the keyboard."""


def stamp_of(group: str) -> Path:
    """Return the file that says which lock the group was installed from."""
    return ENVIRONMENT / f".synced-{group}"


def is_current(group: str, stamp: str) -> bool:
    """Say whether the group was installed from exactly this lock, in this place."""
    python = ENVIRONMENT / "bin" / "python"
    return python.exists() and stamp_of(group).is_file() and stamp_of(group).read_text().strip() == stamp


def run(step: str, command: list[str | Path], environment: dict[str, str] | None = None) -> None:
    """Run one step; its output is shown at a terminal, and otherwise only when it fails."""
    shown = sys.stderr.isatty()
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr if shown else subprocess.PIPE,
        stderr=None if shown else subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        if done.stdout:
            sys.stderr.write(done.stdout.decode(errors="replace"))
        raise StepError(f"{step} failed; run the same command again to go on from here.")


def install_uv() -> None:
    """Put the pinned uv, checked by its hash, into a small environment of its own."""
    pin = PIN.read_text()
    note = BOOTSTRAP / ".pin"
    if UV.exists() and note.is_file() and note.read_text() == pin:
        return
    run("Making a virtual environment", [sys.executable, "-I", "-m", "venv", "--clear", BOOTSTRAP])
    pip = [BOOTSTRAP / "bin" / "python", "-I", "-m", "pip", "--quiet", "--disable-pip-version-check"]
    hashes = ["--require-hashes", "--only-binary", ":all:", "--no-deps"]
    # PIP_USER in somebody's environment would send the package out of the virtual environment.
    run("Installing uv", [*pip, "install", *hashes, "-r", PIN], {**os.environ, "PIP_USER": "0"})
    note.write_text(pin)


def sync(groups: list[str]) -> None:
    """Make the environment what the lock says, with these groups."""
    python = ENVIRONMENT / "bin" / "python"
    if ENVIRONMENT.exists() and not python.exists():
        shutil.rmtree(ENVIRONMENT)  # its Python was removed or the making of it was interrupted
    environment = {
        **os.environ,
        # A second Python on the PATH is no reason to make the environment anew.
        "UV_PYTHON": str(python) if python.exists() else sys.executable,
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_PROJECT_ENVIRONMENT": str(ENVIRONMENT),
    }
    environment.pop("VIRTUAL_ENV", None)
    if ssl.create_default_context().cert_store_stats()["x509_ca"]:
        environment.setdefault("UV_SYSTEM_CERTS", "1")  # a company's own authority is known to the system
    flags = [part for group in groups if group != "run" for part in ("--group", group)]
    command: list[str | Path] = [UV, "sync", "--frozen", "--compile-bytecode", "--no-default-groups"]
    command += ["--project", ROOT, *flags]
    run("Installing the locked packages", command, environment)


def install(group: str, stamp: str) -> None:
    """Install a group; what was installed before stays, in the version of the lock."""
    # The system lets go of the lock however this process ends, so no stale lock can remain.
    with (ROOT / "uv.lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_current(group, stamp):
            return
        groups = [g for g in GROUPS if g in ("run", group) or stamp_of(g).is_file()]
        first = not stamp_of("run").is_file()
        print(
            f"quell: {'setting up' if first else 'updating'} the environment in {ENVIRONMENT} …",
            file=sys.stderr,
        )
        install_uv()
        for each in GROUPS:
            stamp_of(each).unlink(missing_ok=True)
        sync(groups)
        for each in groups:
            draft = stamp_of(each).with_suffix(".draft")
            draft.write_text(stamp + "\n")
            draft.replace(stamp_of(each))


def main() -> int:
    """Install, or say in one sentence why not."""
    try:
        install(sys.argv[1], sys.argv[2])
    except StepError as failed:
        print(f"quell: {failed}", file=sys.stderr)
        return 1
    except OSError as refused:
        print(f"quell: the environment cannot be written: {refused}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
