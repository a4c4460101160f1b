"""The way of a request to the app, one small step after the other.

Cheap refusals come first: a body is read only for a request that has a key, a route and an api-version.
"""

from collections.abc import Callable, Sequence

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from quell.errors import TooManyRequests
from quell.http.auth import Authentication, Authenticator
from quell.http.body import BodyReader, Limits
from quell.http.boundary import ErrorBoundary
from quell.http.concurrency import ConcurrencyBound, EarlyRefusal, Places
from quell.http.errors import install_error_handlers
from quell.http.flood import FloodGate
from quell.http.identity import RequestIdentity
from quell.http.json_check import JsonCheck
from quell.http.media_type import MediaTypeCheck
from quell.http.operations import OperationTable
from quell.http.paths import PathCanonicaliser
from quell.http.rate_check import RateCheck
from quell.http.role_check import RoleCheck
from quell.http.route_check import RouteCheck
from quell.http.version_check import VersionCheck

Step = Callable[[ASGIApp], ASGIApp]


class Edge:
    """An ASGI app behind a pipeline; what is not HTTP (start and stop) goes to the app directly."""

    def __init__(self, app: ASGIApp, steps: Sequence[Step]) -> None:
        self._app = app
        self._pipeline = _wrapped(app, steps)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await (self._pipeline if scope["type"] == "http" else self._app)(scope, receive, send)


def _wrapped(app: ASGIApp, steps: Sequence[Step]) -> ASGIApp:
    for step in reversed(steps):
        app = step(app)
    return app


def create_edge(
    app: FastAPI,
    *,
    operations: OperationTable,
    authenticator: Authenticator,
    limits: Limits | None = None,
    public_url: str = "",
    region: str = "local",
    trust_forwarded: bool = False,
    audit: Step | None = None,
    gate: FloodGate | None = None,
    behind: Callable[[], TooManyRequests | None] | None = None,
) -> Edge:
    """Wrap a FastAPI app in the pipeline and let it answer errors in the service's shape.

    `public_url` is what clients reach the server by; without it their Host header counts, or, if
    `trust_forwarded`, what the proxy in front says. Strictness is a property of the table of operations.
    `audit` is a step that stands around everything that knows who asks for which operation. `gate` turns
    away before all steps what cannot be taken on; `behind` says when content would wait for too long.
    """
    limits = limits or Limits()
    places = Places(limits.in_flight, behind=behind) if behind else Places(limits.in_flight)
    install_error_handlers(app)
    shaping: list[Step] = [
        lambda inner: RequestIdentity(
            inner, operations, region=region, public_url=public_url, trust_forwarded=trust_forwarded
        ),
        ErrorBoundary,
        lambda inner: PathCanonicaliser(inner, operations.routed),
    ]
    if gate is not None:
        gate.guard(places, operations, lambda refusal: _wrapped(refusal, shaping))
    steps: list[Step] = [
        *shaping,
        lambda inner: Authentication(inner, authenticator),
        RouteCheck,
        *([audit] if audit else []),
        lambda inner: RoleCheck(inner, operations),
        lambda inner: VersionCheck(inner, operations),
        RateCheck,
        lambda inner: EarlyRefusal(inner, places),
        MediaTypeCheck,
        lambda inner: BodyReader(inner, limits),
        JsonCheck,
        lambda inner: ConcurrencyBound(inner, places),
    ]
    return Edge(app, steps)
