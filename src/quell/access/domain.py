"""Named keys: what they may be called, what they open, and how they are remembered."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from quell.errors import InvalidRequestBody, InvalidResourceName
from quell.values import ROLES, Role

MOST_KEYS = 1_000
"""Named keys that there may be."""

LEAST_CHARACTERS = 32
"""Characters of a key that is brought along; made ones have 32, of 4 bits each."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,63}")
_TAKEN = re.compile(r"key\d*|anyone|development|cli|token", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NamedKey:
    """A key by its SHA-256; times are microseconds since 1970 (UTC).

    `previous` is the digest before the last rotation, valid until `previous_until`.
    """

    name: str
    digest: bytes = field(repr=False)
    roles: tuple[Role, ...]
    rate: str
    previous: bytes | None = field(repr=False)
    previous_until: int
    created: int
    updated: int


def new_key() -> str:
    """Return a fresh key of 128 random bits in 32 hexadecimal digits."""
    return secrets.token_hex(16)


def digest_of(key: str | bytes) -> bytes:
    """Return the 32 bytes that a key is known by.

    Keys are long and random, so nobody can try them all, and a slow hash would only slow every request.
    """
    return sha256(key.encode("latin-1", "replace") if isinstance(key, str) else key).digest()


def checked_name(name: str) -> str:
    """Return a name that a key may have, or refuse."""
    if not _NAME.fullmatch(name) or _TAKEN.fullmatch(name):
        raise InvalidResourceName(
            "The name of a key begins with a letter and has up to 64 letters, digits, dots, hyphens and "
            "underscores; 'key1', 'anyone', 'cli' and the like are taken.",
            target="name",
        )
    return name


def checked_roles(roles: Iterable[str]) -> tuple[Role, ...]:
    """Return the roles in their order, or refuse."""
    given = set(roles)
    unknown = given.difference(ROLES)
    if unknown or not given:
        raise InvalidRequestBody(
            f"A role is one of {', '.join(ROLES)}, and a key has one at least.", target="roles"
        )
    return tuple(role for role in ROLES if role in given)


def checked_key(key: str) -> str:
    """Return a key that is brought along, or refuse what can be guessed or not be sent in a header."""
    if (
        len(key) < LEAST_CHARACTERS
        or len(key) > 512
        or not key.isascii()
        or not key.isprintable()
        or " " in key
    ):
        raise InvalidRequestBody(
            f"A key must have {LEAST_CHARACTERS} to 512 printable ASCII characters and no blanks.",
            target="key",
        )
    if len(set(key)) < 8:
        raise InvalidRequestBody("A key must be random; this one repeats a few characters.", target="key")
    return key
