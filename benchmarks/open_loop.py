"""An open-loop load generator: requests arrive by the clock, whether or not the server keeps up.

Arrivals are a Poisson process with a fixed seed. A connection carries one request at a time; a request that
finds none free opens another, up to a bound, beyond which it counts as `dropped`: the generator's limit, not
the server's. Latency counts from the moment at which a request was due, so that a late generator does not
flatter the server.
"""

import asyncio
import random
import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from benchmarks.load import request_bytes

CONNECTIONS = 2_000


@dataclass
class Offered:
    """What was offered in one run and how it was answered; times in milliseconds."""

    rate: float
    seconds: float = 0.0
    sent: int = 0
    dropped: int = 0
    broken: int = 0
    without_retry_after: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    good_ms: list[float] = field(default_factory=list)
    refused_ms: list[float] = field(default_factory=list)

    @property
    def goodput(self) -> float:
        """Requests answered 200 in a second."""
        return len(self.good_ms) / self.seconds

    def quantile(self, share: float, *, refused: bool = False) -> float:
        """Return a quantile of the latencies of what was answered 200, or refused; 0 where nothing was."""
        times = sorted(self.refused_ms if refused else self.good_ms)
        return times[min(int(len(times) * share), len(times) - 1)] if times else 0.0


class _Connections:
    """Free connections to one server."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._free: deque[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = deque()
        self.open = 0

    async def take(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while self._free:
            reader, writer = self._free.pop()
            if not reader.at_eof():
                return reader, writer
            self.open -= 1
        self.open += 1
        return await asyncio.open_connection(self._host, self._port)

    @property
    def room(self) -> bool:
        return bool(self._free) or self.open < CONNECTIONS

    def give(self, pair: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
        self._free.append(pair)

    def close(self) -> None:
        for _, writer in self._free:
            writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    lengths = [line for line in head.split(b"\r\n") if line.startswith(b"content-length:")]
    await reader.readexactly(int(lengths[0].split(b":")[1]))
    return int(head.split(b" ", 2)[1]), b"\r\nretry-after:" in head


async def _one(connections: _Connections, request: bytes, due: float, found: Offered) -> None:
    try:
        reader, writer = await connections.take()
        writer.write(request)
        status, told = await _answer(reader)
    except (OSError, asyncio.IncompleteReadError):
        connections.open -= 1
        found.broken += 1
        return
    connections.give((reader, writer))
    found.statuses[status] += 1
    elapsed = (time.perf_counter() - due) * 1000
    if status == 200:
        found.good_ms.append(elapsed)
        return
    found.refused_ms.append(elapsed)
    found.without_retry_after += not told


async def _run(url: str, requests: list[bytes], rate: float, seconds: float) -> Offered:
    parts = urlsplit(url)
    connections = _Connections(parts.hostname or "", parts.port or 80)
    found, clock, running = Offered(rate), random.Random(20261125), set()
    begun = due = time.perf_counter()
    while due - begun < seconds:
        due += clock.expovariate(rate)
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        if not connections.room:
            found.dropped += 1
            continue
        task = asyncio.create_task(_one(connections, requests[found.sent % len(requests)], due, found))
        running.add(task)
        task.add_done_callback(running.discard)
        found.sent += 1
    found.seconds = time.perf_counter() - begun
    if running:
        await asyncio.wait(running, timeout=60)
    connections.close()
    return found


def offer(
    url: str, bodies: list[bytes], *, rate: float, seconds: float, headers: Mapping[str, str] | None = None
) -> Offered:
    """Offer the bodies in turn at `rate` a second for `seconds`; return what became of them."""
    requests = [request_bytes(url, headers or {}, body) for body in bodies]
    return asyncio.run(_run(url, requests, rate, seconds))
