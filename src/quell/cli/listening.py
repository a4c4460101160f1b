"""The socket, the certificate and the server around the app."""

import os
import signal
import socket
import sys
from typing import TYPE_CHECKING

import uvicorn
from starlette.types import ASGIApp

from quell.errors import SettingsRefused
from quell.http.flood import FloodGate
from quell.http.protocol import guarded
from quell.http.starting import Starting
from quell.http.tls import LocalCertificate, ensure_certificate

if TYPE_CHECKING:
    from quell.settings import Settings


FILES = 65_536
"""Open files that are enough for any number of clients a server of this kind has."""


class GracefulServer(uvicorn.Server):
    """Loads its app once it listens; when told to stop it takes nothing new and finishes what it accepted."""

    def __init__(self, config: uvicorn.Config, app: Starting) -> None:
        super().__init__(config)
        self._app = app

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, then to load; a server whose app cannot be loaded ends."""
        self._stop_with_the_terminal()
        await super().startup(sockets)
        if self.started:
            self._app.begin(on_failure=self._end)

    def _stop_with_the_terminal(self) -> None:
        # A terminal that closes sends SIGHUP; under nohup it is ignored, and stays so.
        hang_up = getattr(signal, "SIGHUP", None)
        if hang_up is not None and signal.getsignal(hang_up) is signal.SIG_DFL:
            signal.signal(hang_up, self.handle_exit)

    def _end(self) -> None:
        self.should_exit = True


def raise_file_limit() -> None:
    """Allow this process as many open files, so connections, as the system lets it have."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def bind(host: str, port: int) -> socket.socket:
    """Take a port without listening on it yet, or refuse in one sentence."""
    bare = host.strip("[]")
    listener = socket.socket(socket.AF_INET6 if ":" in bare else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((bare, port))
    except OSError as error:
        listener.close()
        reason = error.strerror or str(error)
        raise SettingsRefused(
            f"The server cannot listen on {host}, port {port} ({reason}); choose another with --port."
        ) from error
    return listener


def local_certificate(settings: "Settings") -> LocalCertificate | None:
    """Return the certificate to serve with, made in the data folder where none is given; None for http."""
    if settings.tls_cert is not None and settings.tls_key is not None:
        return LocalCertificate(settings.tls_cert, settings.tls_key)
    return ensure_certificate(settings.data, settings.host) if settings.tls else None


def share_interpreter() -> None:
    """Let threads take turns after a millisecond, not five: workers wait for theirs several times a text."""
    sys.setswitchinterval(0.001)


def server_config(app: ASGIApp, settings: "Settings", gate: FloodGate | None = None) -> uvicorn.Config:
    """Return the configuration of a server for this app; an unusable certificate is refused here."""
    certificate = local_certificate(settings)
    config = uvicorn.Config(
        app,
        http=guarded(settings.head_timeout, gate),
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=settings.stop_timeout,
        timeout_keep_alive=60,
        ssl_certfile=os.fspath(certificate.certificate) if certificate else None,
        ssl_keyfile=os.fspath(certificate.key) if certificate else None,
    )
    try:
        config.load()
    except OSError as error:  # ssl.SSLError is one, too
        reason = error.strerror or "it is no certificate with its key in PEM form"
        raise SettingsRefused(f"The certificate or its key cannot be used: {reason}.") from error
    return config
