"""Who asks: the name and the roles that a key or a token stands for."""

from dataclasses import dataclass, field

from quell.errors import QuellError
from quell.values import EVERY_ROLE, Role


@dataclass(frozen=True, slots=True)
class Principal:
    """Someone who may ask.

    `name` may be logged: it is never the key. `mark` tells one key from its successor under the same name.
    """

    name: str
    roles: frozenset[Role] = EVERY_ROLE
    rate: str = ""
    """How often they may ask, in the words of `quell.http.rates`; "" for as often as they like."""
    mark: bytes = field(default=b"", repr=False)

    def may(self, needed: frozenset[Role]) -> bool:
        """Whether one of the roles that are needed is there."""
        return not self.roles.isdisjoint(needed)


ANYONE = Principal("anyone")
"""Whoever asks a server that checks nobody."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why someone may not ask; `error` is the answer."""

    error: QuellError
