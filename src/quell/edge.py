"""The door of the server by its settings: who may come in, how much, and what of it is logged."""

from fastapi import FastAPI
from starlette.types import Scope

from quell.access.assembly import assemble_door
from quell.access.keyring import Keyring
from quell.access.tokens import TokenPolicy
from quell.errors import SettingsRefused
from quell.http.auth import Authenticator, NoAuthentication
from quell.http.body import Limits
from quell.http.context import context_of
from quell.http.flood import FloodGate
from quell.http.keys import DEVELOPMENT_KEY, check_listen, ensure_keys, read_keys
from quell.http.operations import OperationTable
from quell.http.pipeline import Edge, Step, create_edge
from quell.http.rates import read_rate
from quell.observability.requests import Named
from quell.settings import Settings
from quell.workers import Workers


def edge_of(
    settings: Settings,
    app: FastAPI,
    table: OperationTable,
    authenticator: Authenticator,
    audit: Step,
    *,
    workers: Workers,
    gate: FloodGate | None = None,
) -> Edge:
    """Return the pipeline of the edge around an app."""
    return create_edge(
        app,
        operations=table,
        authenticator=authenticator,
        limits=Limits(
            body_bytes=settings.max_body_bytes,
            buffered_bytes=max(Limits().buffered_bytes, 4 * settings.max_body_bytes),
            body_seconds=settings.body_timeout,
            in_flight=settings.max_in_flight,
        ),
        public_url=settings.public_url,
        region=settings.region,
        audit=audit,
        gate=gate,
        behind=workers.behind,
    )


def authenticator_of(settings: Settings, keyring: Keyring) -> Authenticator:
    """Return who decides over requests; raises SettingsRefused where the settings would open the server."""
    if settings.no_auth:
        return NoAuthentication()
    keys = subscription_keys(settings)
    check_listen(settings.host, keys)
    return assemble_door(
        keys,
        keyring,
        lockout_failures=settings.lockout_failures,
        lockout_seconds=settings.lockout_seconds,
        tokens=token_policy(settings),
        token_keys=settings.token_keys,
    )


def token_policy(settings: Settings) -> TokenPolicy | None:
    """Return which bearer tokens are taken, None for none at all."""
    if not settings.token_keys:
        return None
    if settings.token_rate and read_rate(settings.token_rate) is None:
        raise SettingsRefused(
            "The setting token_rate is written as 10/s or 1000/10s, or is a tier: F0 or S0."
        )
    return TokenPolicy(
        issuer=settings.token_issuer,
        audience=settings.token_audience,
        algorithms=settings.token_algorithms,
        leeway=settings.token_leeway,
        roles=settings.token_roles,
        rate=settings.token_rate,
    )


def subscription_keys(settings: Settings) -> tuple[str, ...]:
    """Return the keys that count: given ones, else those of a file, else those of the data folder."""
    if settings.development:
        return (DEVELOPMENT_KEY,)
    if settings.keys:
        return settings.keys
    if settings.keys_file is not None:
        return read_keys(settings.keys_file)
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        return ensure_keys(settings.data)
    except OSError as error:
        raise SettingsRefused(
            f"The data folder {settings.data} cannot be used: {error.strerror or type(error).__name__}."
        ) from error


def named(scope: Scope) -> Named:
    """Return what may be told of a request."""
    context = context_of(scope)
    return Named(
        operation=context.operation.id if context.operation else None,
        api_version=context.api_version.name if context.api_version else None,
        request_id=context.request_id,
        refusal=context.refusal,
        key=context.principal.name if context.principal else None,
    )
