"""The names and ids that stand in URLs."""

import re
from dataclasses import dataclass

from quell.errors import InvalidResourceName

_NAME = re.compile(r"[0-9A-Za-z._~-]+")
_OPERATION_ID = re.compile(r"(?=[a-zA-Z0-9])[a-zA-Z0-9-]*[a-zA-Z0-9]")

RESERVED_NAMES = frozenset({"operations"})
"""Names that a route already uses in the place of a name."""


@dataclass(frozen=True, slots=True)
class NamePattern:
    """What a resource may be called: 1 to `max_length` letters, digits and . _ ~ -, no reserved word."""

    max_length: int = 64
    reserved: frozenset[str] = RESERVED_NAMES

    def check(self, name: str, target: str) -> str:
        """Return the name, or raise InvalidResourceName that names the field."""
        if not _NAME.fullmatch(name):
            raise InvalidResourceName(
                f"The name '{target}' must have only letters, digits and the characters . _ ~ -",
                target=target,
            )
        if len(name) > self.max_length:
            raise InvalidResourceName(
                f"The name '{target}' must have at most {self.max_length} characters.", target=target
            )
        # Routes match literals in any case, so the reserved words are reserved in any case.
        if name.lower() in self.reserved:
            raise InvalidResourceName(
                f"The name '{target}' must not be '{name}': that word belongs to a route.", target=target
            )
        return name


def check_operation_id(operation_id: str, target: str) -> str:
    """Return an operation's id (1 to 64 letters, digits and inner hyphens), or raise naming its place."""
    if len(operation_id) > 64 or not _OPERATION_ID.fullmatch(operation_id):
        raise InvalidResourceName(
            f"The id '{target}' must have 1 to 64 letters, digits and hyphens "
            "and begin and end with a letter or digit.",
            target=target,
        )
    return operation_id


def check_wide_operation_id(operation_id: str, target: str) -> str:
    """Return an operation's id in the form of names (1 to 64 characters), or raise naming its place."""
    if len(operation_id) > 64 or not _NAME.fullmatch(operation_id):
        raise InvalidResourceName(
            f"The id '{target}' must have 1 to 64 letters, digits and characters of . _ ~ -", target=target
        )
    return operation_id
