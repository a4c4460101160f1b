"""Addresses that sent too many wrong keys, and how long they must wait. Off unless it was asked for."""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable

ADDRESSES = 10_000
"""Addresses that are remembered at once; the one that failed least recently is forgotten."""


class Lockout:
    """Locks an address out for `seconds` after `failures` wrong keys within `seconds`.

    A network of IPv6 (/64) counts as one address: a single machine has all of it. Used from the event loop.
    """

    def __init__(
        self,
        failures: int,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
        room: int = ADDRESSES,
    ) -> None:
        self._failures = failures
        self._seconds = seconds
        self._clock = clock
        self._room = room
        self._seen: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait(self, address: str) -> float:
        """Return the seconds that an address must wait, 0.0 for none."""
        count, since = self._seen.get(_network(address), (0, 0.0))
        left = since + self._seconds - self._clock()
        return left if count >= self._failures and left > 0 else 0.0

    def failed(self, address: str) -> None:
        """Count a wrong key."""
        network, now = _network(address), self._clock()
        count, since = self._seen.get(network, (0, now))
        if now - since >= self._seconds:
            count, since = 0, now
        count += 1
        self._seen[network] = (count, now if count >= self._failures else since)
        self._seen.move_to_end(network)
        if len(self._seen) > self._room:
            self._seen.popitem(last=False)


def _network(address: str) -> str:
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return address
    if read.version == 6 and read.ipv4_mapped is None:
        return str(ipaddress.ip_network((int(read) >> 64 << 64, 64)))
    return str(read.ipv4_mapped if read.version == 6 else read)
