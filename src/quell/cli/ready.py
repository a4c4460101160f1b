"""`quell ready`: asks the server of these settings whether it answers; for health checks of containers."""

import http.client
import json
import ssl
from typing import TYPE_CHECKING, Annotated

import typer

from quell.cli.opening import AsJson, Config, Data, settings_of

if TYPE_CHECKING:
    from quell.settings import Settings

_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1", "[::]": "::1"}  # noqa: S104 - what to ask, not where to listen


def ready(
    timeout: Annotated[
        float, typer.Option(min=0.1, max=60, help="Seconds that the server has to answer.")
    ] = 3.0,
    data: Data = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Say whether the server here answers requests.

    The exit code is 1 if it does not: it is down, or still loads its models.
    """
    settings = settings_of(data, config)
    state = _asked(settings, timeout)
    if as_json:
        typer.echo(json.dumps({"ready": not state, **({"reason": state} if state else {})}))
    else:
        typer.echo(f"not ready: {state}" if state else "ready")
    if state:
        raise typer.Exit(1)


def _asked(settings: "Settings", timeout: float) -> str:
    """Return why the server is not ready, "" where it is."""
    connection = _connection(settings, timeout)
    try:
        connection.request("GET", "/ready")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        return f"no answer on {connection.host}, port {connection.port} ({reason})."
    finally:
        connection.close()
    return "" if status == 200 else f"it answers {status}."


def _connection(settings: "Settings", timeout: float) -> http.client.HTTPConnection:
    host = _ANY.get(settings.host, settings.host.strip("[]"))
    if not settings.https:
        return http.client.HTTPConnection(host, settings.port, timeout=timeout)
    # This machine asks itself one public thing, whatever name the certificate is made out to.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection(host, settings.port, timeout=timeout, context=context)
