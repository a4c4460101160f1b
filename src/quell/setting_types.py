"""The kinds of values that settings have, and what is refused of them."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import NoDecode

from quell.errors import SettingsRefused


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _typeable(keys: tuple[str, ...]) -> tuple[str, ...]:
    # The value is not repeated: an error message must not carry a key.
    if any(not key.isascii() or not key.isprintable() or " " in key for key in keys):
        raise ValueError("a key must have only printable ASCII characters and no blanks")
    return keys


def _absolute(path: Path) -> Path:
    try:
        return path.expanduser().absolute()
    except RuntimeError:
        raise ValueError("it begins with the home of a user who does not exist") from None


def _no_final_slash(url: str) -> str:
    if url and not url.startswith(("http://", "https://")):
        raise ValueError("it must begin with http:// or https://")
    return url.rstrip("/")


def read_address(path: Path) -> str:
    """Return the address of a PostgreSQL that a file holds; refused without repeating what it holds."""
    try:
        address = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise SettingsRefused(
            f"The file {path} of the setting database_file cannot be read: {reason}."
        ) from None
    if not re.fullmatch(_POSTGRES, address):
        raise SettingsRefused(
            f"The file {path} of the setting database_file must hold an address as postgresql://user@host/name."
        )
    return address


_POSTGRES = r"postgres(ql)?://\S+"

PostgresUrl = Annotated[str, Field(pattern=f"^$|^{_POSTGRES}$")]
AbsolutePath = Annotated[Path, AfterValidator(_absolute)]
CommaSeparated = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
Keys = Annotated[CommaSeparated, AfterValidator(_typeable)]
PublicUrl = Annotated[str, AfterValidator(_no_final_slash)]
