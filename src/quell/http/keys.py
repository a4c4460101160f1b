"""The subscription keys: made once, kept in the data folder, and the guard around the well-known one."""

import ipaddress
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from quell.errors import SettingsRefused

DEVELOPMENT_KEY = "quell-development-key-not-a-secret"
"""The key of the development mode; it is printed in the documentation, so it protects nothing."""

KEYS_FILE = "keys"


def split_keys(text: str) -> tuple[str, ...]:
    """Return the keys of a setting or a file: separated by commas or line ends, lines with # left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    keys = tuple(key.strip() for line in lines for key in line.split(",") if key.strip())
    if any(not key.isascii() or not key.isprintable() or " " in key for key in keys):
        raise SettingsRefused("A subscription key must have only printable ASCII characters and no blanks.")
    return keys


def new_key() -> str:
    """Return a fresh key of 128 random bits in 32 hexadecimal digits, the form the hosted service uses."""
    return secrets.token_hex(16)


def ensure_keys(folder: Path) -> tuple[str, ...]:
    """Return the keys of a data folder, after making two of them if it has none yet.

    The file appears complete or not at all, readable only by its owner; of several processes that start
    at once, one makes the keys and all read them.
    """
    path = folder / KEYS_FILE
    if not path.exists():
        draft = folder / f".{KEYS_FILE}.{secrets.token_hex(8)}"
        text = f"# Subscription keys, one a line; each is valid.\n{new_key()}\n{new_key()}\n"
        write_private(draft, text.encode())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was faster: its keys count
        finally:
            draft.unlink()
    return read_keys(path)


def read_keys(path: Path) -> tuple[str, ...]:
    """Return the keys of a file; a file without any is refused."""
    try:
        keys = split_keys(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsRefused(f"The key file {path} cannot be read: {type(error).__name__}.") from error
    if not keys:
        raise SettingsRefused(f"The key file {path} holds no key.")
    return keys


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, and see it onto the disk; the file must not exist."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def is_loopback(host: str) -> bool:
    """Whether a server that listens on this host is reachable from this machine only."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_listen(host: str, keys: Iterable[str]) -> None:
    """Refuse to start where the development key would be reachable from other machines."""
    if DEVELOPMENT_KEY in keys and not is_loopback(host):
        raise SettingsRefused(
            f"The development key is known to everyone, so the server does not listen on {host} with it. "
            "Listen on 127.0.0.1, or use keys of your own (QUELL_KEYS, or leave it unset to have some made)."
        )
