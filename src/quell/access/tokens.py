"""Bearer tokens as Entra ID and others issue them: signed, for this audience, of this issuer, in time."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jwt
from starlette.datastructures import Headers

from quell.access.signing_keys import SigningKeys
from quell.errors import AccessDenied, ServerBusy
from quell.http.auth import Principal, Refusal
from quell.values import ROLES, Role

MOST_CHARACTERS = 16 * 1024
"""The longest token that is looked at; those of Entra ID have a few thousand characters."""

_REFUSED = (
    "Unauthorized. Access token is missing, invalid, audience is incorrect, or have expired. "
    "Make sure to provide a valid token for this resource."
)


@dataclass(frozen=True, slots=True)
class TokenPolicy:
    """What a token must be; `roles` says what the values of its claims `roles` and `scp` open."""

    issuer: str
    audience: Sequence[str]
    algorithms: Sequence[str]
    leeway: float
    roles: Mapping[str, str]
    rate: str = ""


class BearerTokens:
    """Says whose token a request carries."""

    def __init__(self, policy: TokenPolicy, keys: SigningKeys) -> None:
        self._policy = policy
        self._keys = keys

    def identify(self, headers: Headers, address: str = "") -> Principal | Refusal:
        """Return the subject of the token, or why it is not taken; the refusal quotes nothing of it."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not 0 < len(token) <= MOST_CHARACTERS:
            return Refusal(AccessDenied())
        try:
            return self._verified(token.strip())
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            return Refusal(AccessDenied(_REFUSED))

    def accepts(self, headers: Headers, address: str = "") -> bool:
        """Whether the request carries a token that is taken."""
        return isinstance(self.identify(headers, address), Principal)

    def _verified(self, token: str) -> Principal | Refusal:
        head = jwt.get_unverified_header(token)
        key_id, algorithm = head.get("kid"), head.get("alg")
        # The header only chooses among what is pinned; `jku`, `jwk` and `x5u` in it mean nothing.
        if not isinstance(key_id, str) or not isinstance(algorithm, str) or "crit" in head:
            return Refusal(AccessDenied(_REFUSED))
        if algorithm not in self._policy.algorithms:
            return Refusal(AccessDenied(_REFUSED))
        key = self._keys.find(key_id)
        if key is None:
            # Before the first keys came nobody can say that a token is wrong.
            going_on = self._keys.renew() or not self._keys.known
            return Refusal(
                ServerBusy("The keys of tokens are being read; try again.", retry_after=1)
                if going_on
                else AccessDenied(_REFUSED)
            )
        claims = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience=list(self._policy.audience),
            issuer=self._policy.issuer,
            leeway=self._policy.leeway,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )
        return Principal(_name(claims), self._roles(claims), self._policy.rate)

    def _roles(self, claims: Mapping[str, Any]) -> frozenset[Role]:
        listed, scopes = claims.get("roles"), claims.get("scp")
        values = [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
        values += scopes.split() if isinstance(scopes, str) else []
        opened = {self._policy.roles.get(value) for value in values}
        return frozenset(role for role in ROLES if role in opened)


def _name(claims: Mapping[str, Any]) -> str:
    """Return what logs call a subject: plain characters, whatever an issuer lets people be called."""
    return "token:" + re.sub(r"[^A-Za-z0-9_.:@|/+~-]", "?", str(claims["sub"]))[:128]
