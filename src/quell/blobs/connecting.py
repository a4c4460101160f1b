"""Connections that go to a checked address and end at a deadline."""

import ssl
import time
import typing
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import httpcore

from quell.blobs.addresses import Address, is_nameable, is_public
from quell.blobs.links import LinkRefused
from quell.blobs.resolving import Resolver


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment, by the monotonic clock, at which a fetch must be over."""

    at: float

    def left(self) -> float:
        """Return the seconds that are left; raises ReadTimeout when none are."""
        seconds = self.at - time.monotonic()
        if seconds <= 0:
            raise httpcore.ReadTimeout
        return seconds


class PinnedBackend(httpcore.NetworkBackend):
    """Resolves a host once, refuses it if any of its addresses is barred, and connects to what it checked."""

    def __init__(
        self,
        network: httpcore.NetworkBackend,
        resolver: Resolver,
        deadline: Deadline,
        seconds: float,
        *,
        named: bool,
    ) -> None:
        self._network = network
        self._resolver = resolver
        self._deadline = deadline
        self._seconds = seconds
        self._permitted = is_nameable if named else is_public

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first checked address that answers; raises LinkRefused before any connection."""
        until = Deadline(min(self._deadline.at, time.monotonic() + self._seconds))
        failed: Exception = httpcore.ConnectError("no address")
        for address in self._addresses(host, until):
            try:
                stream = self._network.connect_tcp(
                    str(address), port, until.left(), local_address, socket_options
                )
            except httpcore.ConnectError as refused:
                failed = refused
                continue
            return TimedStream(stream, self._deadline)
        raise failed

    def _addresses(self, host: str, until: Deadline) -> Sequence[Address]:
        try:
            found = self._resolver.resolve(host, until.left())
        except TimeoutError as slow:
            raise httpcore.ConnectTimeout from slow
        except (OSError, UnicodeError):
            found = ()
        # A name without an address and one with a private address answer alike: no map of the inner network.
        if not found or not all(self._permitted(address) for address in found):
            raise LinkRefused("its host has no address that this server connects to")
        return found


class TimedStream(httpcore.NetworkStream):
    """A stream whose every step ends at the deadline, so that a host that trickles is let go."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there."""
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write everything."""
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Speak TLS from here on, with the name that was asked for and not the address."""
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left())
        return TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> typing.Any:  # noqa: ANN401 - the interface's own type
        """Return what the stream below says of itself."""
        return self._stream.get_extra_info(info)
