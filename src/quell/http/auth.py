"""Who may ask: subscription keys, or nobody checked at all when that was asked for in so many words."""

import hmac
from collections.abc import Iterable
from hashlib import sha256
from typing import Protocol

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from quell.errors import AccessDenied, SettingsRefused

KEY_HEADER = "Ocp-Apim-Subscription-Key"

OPEN_PATHS = frozenset({"/ready", "/status", "/openapi.json", "/api-docs"})
"""Paths that need no key."""


def is_open(path: str) -> bool:
    """Whether a path needs no key: health and documentation."""
    return path in OPEN_PATHS or path.startswith("/api-docs/")


class Authenticator(Protocol):
    """Decides by its headers whether a request may go on."""

    def accepts(self, headers: Headers) -> bool:
        """Whether the request comes from someone who may ask."""


class SubscriptionKeys:
    """Any of a few keys, all valid at once, so that one can be changed while the other serves."""

    def __init__(self, keys: Iterable[str]) -> None:
        # Digests have one length, so a comparison tells nothing about the length of a key.
        self._digests = [sha256(key.encode()).digest() for key in keys if key]
        if not self._digests:
            raise SettingsRefused("No subscription key is set; give one, or ask for no authentication.")

    def accepts(self, headers: Headers) -> bool:
        """Whether the key header holds one of the keys; every key is compared, whatever the outcome."""
        given = sha256(headers.get(KEY_HEADER, "").encode("latin-1", "replace")).digest()
        outcomes = [hmac.compare_digest(given, digest) for digest in self._digests]
        return any(outcomes)


class NoAuthentication:
    """Everyone may ask."""

    def accepts(self, headers: Headers) -> bool:
        """Whether the request may go on: always."""
        return True


class Authentication:
    """Refuses requests without a valid key, except for health and documentation."""

    def __init__(self, app: ASGIApp, authenticator: Authenticator) -> None:
        self._app = app
        self._authenticator = authenticator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if not is_open(scope["path"]) and not self._authenticator.accepts(Headers(scope=scope)):
            raise AccessDenied
        await self._app(scope, receive, send)
