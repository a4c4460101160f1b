"""What the edge knows about the request being answered: its id, its api-version, its address.

The first middleware makes a RequestContext and those after it complete it. It is found again by
`context_of(scope)` where the request is at hand, and its id by `request_id()` anywhere (logs, errors).
"""

import random
import uuid
from collections.abc import MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from fastapi import Request

from quell.http.api_version import ApiVersion
from quell.http.operations import Operation
from quell.http.principals import Principal

LINK_VERSION = "2024-09-15-preview"
"""The api-version of links into the protocol from Quell's own routes; it has all that they lead to."""

_SCOPE_KEY = "quell.http"
_request_id: ContextVar[str] = ContextVar("quell_request_id", default="")


def fresh_id() -> str:
    """Return an id; it may be guessed, and asking the system for chance is dear where most is refused."""
    return str(uuid.UUID(int=random.getrandbits(128), version=4))


@dataclass(slots=True)
class RequestContext:
    """One request at the edge."""

    request_id: str = field(default_factory=fresh_id)
    base_url: str = ""
    """Scheme, host and port under which the client reaches this server, without a final slash."""
    operation: Operation | None = None
    """The operation that the path and the method name, None where there is none."""
    allowed: tuple[str, ...] = ()
    """The methods that the path has, whatever the method of the request."""
    api_version: ApiVersion | None = None
    principal: Principal | None = None
    """Who asks, None until the key was checked and on paths that need none."""
    refusal: str = ""
    """Why the server could not take the request on just now, "" where it could."""


def begin(scope: MutableMapping[str, Any]) -> RequestContext:
    """Give a request its context and its id."""
    context = RequestContext()
    scope[_SCOPE_KEY] = context
    _request_id.set(context.request_id)
    return context


def context_of(scope: MutableMapping[str, Any]) -> RequestContext:
    """Return the context of a request; a request that did not pass the edge gets a fresh one."""
    found = scope.get(_SCOPE_KEY)
    return found if isinstance(found, RequestContext) else begin(scope)


def request_id() -> str:
    """Return the id of the request that this task or thread works for, "" outside any."""
    return _request_id.get()


def absolute_url(request: Request, path: str, **query: object) -> str:
    """Return the URL under which the client reaches a path of this server, with the request's api-version.

    For nextLink, Location and Operation-Location. The path starts with "/" and is already percent-encoded.
    """
    context = context_of(request.scope)
    base = context.base_url or str(request.base_url).rstrip("/")
    version = context.api_version.name if context.api_version else request.query_params.get("api-version")
    if version is None and path.startswith("/contentsafety/"):
        version = LINK_VERSION
    members = {name: value for name, value in query.items() if value is not None}
    if version is not None:
        members["api-version"] = version.strip()
    return f"{base}{path}?{urlencode(members)}" if members else base + path
