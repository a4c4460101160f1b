"""Who may ask: subscription keys, or nobody checked at all when that was asked for in so many words."""

import hmac
from collections.abc import Iterable
from hashlib import sha256
from typing import Protocol

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from quell.errors import AccessDenied, SettingsRefused
from quell.http.context import context_of
from quell.http.principals import ANYONE, Principal, Refusal

__all__ = [
    "ANYONE",
    "KEY_HEADER",
    "Authentication",
    "Authenticator",
    "NoAuthentication",
    "Principal",
    "Refusal",
    "SubscriptionKeys",
    "is_open",
]

KEY_HEADER = "Ocp-Apim-Subscription-Key"

OPEN_PATHS = frozenset({"/ready", "/status", "/openapi.json", "/api-docs", "/metrics"})
"""Paths that need no key here: they are open, or look for it themselves."""


def is_open(path: str) -> bool:
    """Whether a path needs no key: health and documentation."""
    return path in OPEN_PATHS or path.startswith("/api-docs/")


class Authenticator(Protocol):
    """Says by its headers who a request comes from."""

    def identify(self, headers: Headers, address: str = "") -> Principal | Refusal:
        """Return who asks, or why nobody may ask so; `address` is the client's, as far as it is known."""

    def accepts(self, headers: Headers, address: str = "") -> bool:
        """Whether the request comes from someone who may ask."""


class SubscriptionKeys:
    """Any of a few keys, all valid at once, so that one can be changed while the other serves.

    Each may do everything; they are called `key1`, `key2`, … in logs.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        # Digests have one length, so a comparison tells nothing about the length of a key.
        digests = [sha256(key.encode()).digest() for key in keys if key]
        if not digests:
            raise SettingsRefused("No subscription key is set; give one, or ask for no authentication.")
        self._principals = [
            Principal(f"key{number}", mark=digest) for number, digest in enumerate(digests, 1)
        ]

    def identify(self, headers: Headers, address: str = "") -> Principal | Refusal:
        """Return whose key the header holds; every key is compared, whatever the outcome."""
        given = sha256(headers.get(KEY_HEADER, "").encode("latin-1", "replace")).digest()
        found = [one for one in self._principals if hmac.compare_digest(given, one.mark)]
        return found[0] if found else Refusal(AccessDenied())

    def accepts(self, headers: Headers, address: str = "") -> bool:
        """Whether the key header holds one of the keys."""
        return isinstance(self.identify(headers, address), Principal)


class NoAuthentication:
    """Everyone may ask."""

    def identify(self, headers: Headers, address: str = "") -> Principal | Refusal:
        """Return that it is anyone."""
        return ANYONE

    def accepts(self, headers: Headers, address: str = "") -> bool:
        """Whether the request may go on: always."""
        return True


class Authentication:
    """Refuses requests without a valid key, except for health and documentation; notes who asks."""

    def __init__(self, app: ASGIApp, authenticator: Authenticator) -> None:
        self._app = app
        self._authenticator = authenticator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if not is_open(scope["path"]):
            context_of(scope).principal = self._identified(scope)
        await self._app(scope, receive, send)

    def _identified(self, scope: Scope) -> Principal:
        address = scope["client"][0] if scope.get("client") else ""
        found = self._authenticator.identify(Headers(scope=scope), address)
        if isinstance(found, Refusal):
            raise found.error
        return found
