"""Who asks: the name and the roles that a key or a token stands for."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any

from quell.errors import QuellError
from quell.values import EVERY_ROLE, Role

_SCOPE_KEY = "quell.principal"


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


def carry(scope: MutableMapping[str, Any], principal: Principal) -> None:
    """Say who a request comes from, for a step in front that knows it: the edge then checks no key."""
    scope[_SCOPE_KEY] = principal


def carried(scope: MutableMapping[str, Any]) -> Principal | None:
    """Return who a step in front said that a request comes from; clients cannot write here."""
    found = scope.get(_SCOPE_KEY)
    return found if isinstance(found, Principal) else None
