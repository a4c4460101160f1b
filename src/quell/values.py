"""Values that every feature's domain speaks in: a part of a list, a field that is left alone, roles."""

from dataclasses import dataclass
from enum import Enum
from typing import Generic, Literal, TypeVar

T = TypeVar("T")


class Keep(Enum):
    """Stands for a field that a change leaves alone."""

    KEEP = "keep"


KEEP = Keep.KEEP


@dataclass(frozen=True, slots=True)
class Stretch(Generic[T]):
    """A part of a list, and whether something comes after it."""

    items: tuple[T, ...]
    more: bool


Role = Literal["analyze", "read", "manage"]
"""What a key opens: calls that judge content; everything that is only read; everything."""

ROLES: tuple[Role, ...] = ("analyze", "read", "manage")
"""All roles, from the narrowest on."""

EVERY_ROLE: frozenset[Role] = frozenset(ROLES)
