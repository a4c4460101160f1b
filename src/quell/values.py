"""Values that every feature's domain speaks in: a part of a list, and a field that is left alone."""

from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

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
