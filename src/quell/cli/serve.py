"""`quell serve`: one process that listens, answers, and finishes what it accepted before it ends."""

import signal
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from quell.cli.opening import Config, Data, built, settings_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from quell.settings import Settings

_Flag = bool | None


def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on (QUELL_HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on (QUELL_PORT).")] = None,
    data: Data = None,
    config: Config = None,
    tls: Annotated[_Flag, typer.Option("--tls", help="Serve https with a certificate made here.")] = None,
    cert: Annotated[Path | None, typer.Option(help="A certificate to serve https with.")] = None,
    key: Annotated[Path | None, typer.Option(help="The private key of --cert.")] = None,
    development: Annotated[
        _Flag, typer.Option("--development", help="Use the well-known key; listens on loopback only.")
    ] = None,
    no_auth: Annotated[_Flag, typer.Option("--no-auth", help="Answer everyone.")] = None,
    strict: Annotated[_Flag, typer.Option("--strict", help="Follow the published routes exactly.")] = None,
    require_deploy: Annotated[
        _Flag, typer.Option("--require-deploy", help="Let samples count only once deployed.")
    ] = None,
    public_url: Annotated[str | None, typer.Option(help="The URL clients reach the server by.")] = None,
    workers: Annotated[int | None, typer.Option(help="Threads that run encoders; 0: one per core.")] = None,
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"] | None, typer.Option(help="The least severe events.")
    ] = None,
    log_format: Annotated[
        Literal["auto", "console", "json"] | None, typer.Option(help="The form of the log.")
    ] = None,
) -> None:
    """Start the server. Every flag is a setting; docs/configuration.md has them all."""
    settings = settings_of(
        data,
        config,
        host=host,
        port=port,
        tls=tls,
        tls_cert=cert,
        tls_key=key,
        development=development,
        no_auth=no_auth,
        strict=strict,
        require_deploy=require_deploy,
        public_url=public_url,
        workers=workers,
        log_level=log_level,
        log_format=log_format,
    )
    _run(settings)


def _run(settings: "Settings") -> None:
    from quell.workers import compute_in_workers_only

    compute_in_workers_only()
    from quell.app import web
    from quell.background import supervisor
    from quell.cli.listening import GracefulServer, bind, raise_file_limit, server_config, share_interpreter
    from quell.cli.welcome import welcome
    from quell.edge import subscription_keys
    from quell.http.flood import FloodGate
    from quell.http.keys import check_listen
    from quell.http.starting import Starting
    from quell.observability.logging import configure_logging
    from quell.observability.memory import release_unused

    configure_logging(settings.log_level, settings.log_format)
    if not settings.no_auth:
        check_listen(settings.host, subscription_keys(settings))
    raise_file_limit()
    share_interpreter()
    gate = FloodGate()
    with bind(settings.host, settings.port) as listener, ExitStack() as opened:
        port = listener.getsockname()[1]

        def load() -> "ASGIApp":
            quell = built(settings)
            opened.callback(quell.close)
            quell.reviewers.service.renew()
            quell.monitor.start()
            quell.keyring.start()
            helper = supervisor(settings, quell.database)
            helper.start()
            opened.callback(helper.close)
            edge = web(quell, gate)
            release_unused()
            return edge

        app = Starting(load, on_ready=lambda: typer.echo(welcome(settings, port)))
        server = GracefulServer(server_config(app, settings, gate), app)
        # uvicorn raises the signal that stopped it once more; by then there is nothing left to stop.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)
        server.run(sockets=[listener])
        app.wait()
        if app.failure is not None:
            raise app.failure
