"""The kinds of values that settings have, and what is refused of them."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import NoDecode


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _typeable(keys: tuple[str, ...]) -> tuple[str, ...]:
    # The value is not repeated: an error message must not carry a key.
    if any(not key.isascii() or not key.isprintable() or " " in key for key in keys):
        raise ValueError("a key must have only printable ASCII characters and no blanks")
    return keys


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


def _no_final_slash(url: str) -> str:
    if url and not url.startswith(("http://", "https://")):
        raise ValueError("it must begin with http:// or https://")
    return url.rstrip("/")


PostgresUrl = Annotated[str, Field(pattern=r"^$|^postgres(ql)?://\S+$")]
AbsolutePath = Annotated[Path, AfterValidator(_absolute)]
CommaSeparated = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
Keys = Annotated[CommaSeparated, AfterValidator(_typeable)]
PublicUrl = Annotated[str, AfterValidator(_no_final_slash)]
