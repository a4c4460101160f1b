"""From an operator's words to the place where a model is asked."""

from pathlib import Path

from quell.blobs.links import LinkRefused
from quell.chat.client import Place
from quell.errors import SettingsRefused


def place_of(url: str, model: str, key_file: Path | None, setting: str) -> Place:
    """Return the place of a model; raises SettingsRefused, naming the setting that gives the URL."""
    key = read_key(key_file) if key_file else None
    try:
        return Place.at(url, model, key)
    except LinkRefused as refused:
        raise SettingsRefused(f"The setting {setting} is refused: {refused}.") from refused


def read_key(path: Path) -> str:
    """Return the key in a file; raises SettingsRefused, without a word of what the file has."""
    try:
        key = path.expanduser().read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise SettingsRefused(f"The key file {path} cannot be read: {reason}.") from error
    if not key or len(key) > 8_192 or not key.isascii() or not key.isprintable() or " " in key:
        raise SettingsRefused(f"The key file {path} must have one key of printable characters.")
    return key
