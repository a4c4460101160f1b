"""Names to addresses, within a time limit that the system's resolver does not have."""

import ipaddress
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from quell.blobs.addresses import Address

_THREADS = 8


class Resolver(Protocol):
    """Answers which addresses a host has."""

    def resolve(self, host: str, seconds: float) -> Sequence[Address]:
        """Return every address of a host; raises OSError or TimeoutError when there is no answer in time."""

    def close(self) -> None:
        """Give the threads back."""


class SystemResolver:
    """The system's resolver, asked in threads of its own so that a stalled name server holds up nobody."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="quell-resolve")

    def resolve(self, host: str, seconds: float) -> Sequence[Address]:
        """Return every address of a host; raises OSError or TimeoutError when there is no answer in time."""
        try:
            return (ipaddress.ip_address(host),)
        except ValueError:
            future = self._pool.submit(socket.getaddrinfo, host, None, type=socket.SOCK_STREAM)
        try:
            answers = future.result(timeout=max(seconds, 0.0))
        finally:
            future.cancel()
        # An address with a zone ("fe80::1%eth0") is link-local; the zone is dropped, the check refuses it.
        found = (ipaddress.ip_address(str(answer[4][0]).partition("%")[0]) for answer in answers)
        return tuple(dict.fromkeys(found))

    def close(self) -> None:
        """Give the threads back."""
        self._pool.shutdown(wait=False, cancel_futures=True)
