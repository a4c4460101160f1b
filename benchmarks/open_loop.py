"""An open-loop load generator: requests arrive by the clock, whether or not the server keeps up.

Arrivals are a Poisson process with a fixed seed. A connection carries one request at a time; a request that
finds none free opens another, up to a bound, beyond which it counts as `dropped`: the generator's limit, not
the server's. Latency counts from the moment at which a request was due, so that a late generator does not
flatter the server. Connections are bare protocols in one uvloop, so that offering a lot costs little.
"""

import asyncio
import random
import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

import uvloop

from benchmarks.load import request_bytes

CONNECTIONS = 2_000


@dataclass
class Offered:
    """What was offered in one run and how it was answered; times in milliseconds."""

    rate: float
    seconds: float = 0.0
    sent: int = 0
    in_time: int = 0
    """Answers of 200 that came while the load was offered."""
    dropped: int = 0
    broken: int = 0
    without_retry_after: int = 0
    cores: float = 0.0
    """The CPU time of the generator in a second."""
    statuses: Counter[int] = field(default_factory=Counter)
    good_ms: list[float] = field(default_factory=list)
    refused_ms: list[float] = field(default_factory=list)

    @property
    def goodput(self) -> float:
        """Requests answered 200 in a second, while more were offered: not the queue that was left."""
        return self.in_time / self.seconds

    def add(self, other: "Offered") -> None:
        """Take what another run found to this one."""
        self.cores = (self.cores * self.seconds + other.cores * other.seconds) / (
            self.seconds + other.seconds
        )
        self.seconds += other.seconds
        self.sent += other.sent
        self.in_time += other.in_time
        self.dropped += other.dropped
        self.broken += other.broken
        self.without_retry_after += other.without_retry_after
        self.statuses += other.statuses
        self.good_ms += other.good_ms
        self.refused_ms += other.refused_ms

    def quantile(self, share: float, *, refused: bool = False) -> float:
        """Return a quantile of the latencies of what was answered 200, or refused; 0 where nothing was."""
        times = sorted(self.refused_ms if refused else self.good_ms)
        return times[min(int(len(times) * share), len(times) - 1)] if times else 0.0


class _Connection(asyncio.Protocol):
    """One connection with one request at a time; says what became of each."""

    def __init__(self, load: "_Load") -> None:
        self._load = load
        self._transport = cast("asyncio.Transport", None)
        self._received = b""
        self._request = b""
        self._due = 0.0
        self.busy = self.closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the request that the connection was opened for."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._request)

    def ask(self, request: bytes, due: float) -> None:
        """Send a request, or wait to be connected for it."""
        self._request, self._due, self.busy = request, due, True
        if self._transport is not None:
            self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Read on until the answer is there."""
        received = self._received = self._received + data if self._received else data
        end = received.find(b"\r\n\r\n")
        if end < 0:
            return
        head = received[:end].lower()
        length = int(head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0])
        if len(received) < end + 4 + length:
            return
        self._received, self.busy = b"", False
        self._load.answered(self, int(head[9:12]), self._due, told=b"\r\nretry-after:" in head)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that this connection is gone."""
        self.closed = True
        self._load.gone(self)

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.close()


class _Load:
    """The connections to one server, and what became of what was sent on them."""

    def __init__(self, host: str, port: int, found: Offered) -> None:
        self._host, self._port = host, port
        self._free: deque[_Connection] = deque()
        self._opening: set[asyncio.Task[None]] = set()
        self._found = found
        self.open = self.outstanding = 0
        self.over = False

    def send(self, request: bytes, due: float) -> None:
        """Send a request on a free connection, or on a new one if there may be one."""
        while self._free:
            connection = self._free.pop()
            if not connection.closed:
                connection.ask(request, due)
                break
        else:
            if self.open >= CONNECTIONS:
                self._found.dropped += 1
                return
            self.open += 1
            task = asyncio.get_running_loop().create_task(self._connect(request, due))
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)
        self._found.sent += 1
        self.outstanding += 1

    async def _connect(self, request: bytes, due: float) -> None:
        connection = _Connection(self)
        connection.ask(request, due)
        try:
            await asyncio.get_running_loop().create_connection(lambda: connection, self._host, self._port)
        except OSError:
            self.gone(connection)

    def answered(self, connection: _Connection, status: int, due: float, *, told: bool) -> None:
        """Count an answer."""
        found, elapsed = self._found, (time.perf_counter() - due) * 1000
        self.outstanding -= 1
        self._free.append(connection)
        found.statuses[status] += 1
        if status == 200:
            found.good_ms.append(elapsed)
            found.in_time += not self.over
            return
        found.refused_ms.append(elapsed)
        found.without_retry_after += not told

    def gone(self, connection: _Connection) -> None:
        """Count a connection that ended, and its request if it had one."""
        self.open -= 1
        if connection.busy:
            self.outstanding -= 1
            self._found.broken += 1

    def close(self) -> None:
        """End all connections; what has no answer by now is broken."""
        self._found.broken += self.outstanding
        for connection in self._free:
            connection.close()


async def _run(url: str, requests: list[bytes], rate: float, seconds: float) -> Offered:
    parts = urlsplit(url)
    found, clock = Offered(rate), random.Random(20261125)
    load = _Load(parts.hostname or "", parts.port or 80, found)
    begun = due = time.perf_counter()
    spent = time.process_time()
    while due - begun < seconds:
        while due <= time.perf_counter():
            load.send(requests[found.sent % len(requests)], due)
            due += clock.expovariate(rate)
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
    found.seconds, load.over = time.perf_counter() - begun, True
    found.cores = (time.process_time() - spent) / found.seconds
    patience = time.perf_counter() + 60
    while load.outstanding and time.perf_counter() < patience:
        await asyncio.sleep(0.05)
    load.close()
    await asyncio.sleep(0.05)
    return found


def offer(
    url: str, bodies: list[bytes], *, rate: float, seconds: float, headers: Mapping[str, str] | None = None
) -> Offered:
    """Offer the bodies in turn at `rate` a second for `seconds`; return what became of them."""
    requests = [request_bytes(url, headers or {}, body) for body in bodies]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_run(url, requests, rate, seconds))
